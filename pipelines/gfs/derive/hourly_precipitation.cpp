// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "derive/hourly_precipitation.hpp"

#include "grib/product_codes.hpp"
#include "netcdf/time_periods.hpp"

#include <algorithm>

namespace gfs {

namespace {

constexpr GribParameter total_precipitation{.discipline = 0, .category = 1, .number = 8};
constexpr int surface = 1;  // code table 4.5
constexpr std::chrono::hours hour{1};

/// The validity of a sum one hour earlier; nothing where it had not begun.
std::optional<Validity> previous_validity(const Message& later) {
    Validity validity = later.validity;
    validity.end -= hour;
    if (validity.process) return validity.end > validity.begin ? std::optional(validity) : std::nullopt;
    // The duration of sunshine is labelled as an instant, and begins anew with each bucket.
    validity.begin = validity.end;
    const bool has_begun = (validity.end - later.reference_time) % bucket_length != std::chrono::seconds(0);
    return has_begun ? std::optional(validity) : std::nullopt;
}

std::string hourly_name(const Variable& sum) { return sum.cf.standard_name + "_surface_hour"; }

/// The index of the coordinate of the last hour, which is added where the layout has none.
std::size_t hour_coordinate(FileLayout& layout, std::chrono::sys_seconds end) {
    const TimeCoordinate coordinate{
        .name = "time_hour", .period = TimePeriod::interval, .begin = end - hour, .end = end};
    const auto known = std::ranges::find(layout.times, coordinate.name, &TimeCoordinate::name);
    const auto index = static_cast<std::size_t>(known - layout.times.begin());
    if (known == layout.times.end()) layout.times.push_back(coordinate);
    return index;
}

Variable make_hourly_variable(const Variable& sum, std::size_t time_coordinate, bool is_difference) {
    Variable derived = sum;
    derived.name = hourly_name(sum);
    derived.cf.ncep_name.clear();
    derived.cf.long_name = "precipitation of the last hour";
    derived.cf.comment = is_difference ? "missing where the sum fell by more than its packing explains" : "";
    derived.parameter = {};
    derived.time_coordinate = time_coordinate;
    derived.messages.clear();
    derived.derivation = is_difference ? "the sum since the last multiple of 6 h, minus that sum one hour earlier"
                                       : "the sum since the last multiple of 6 h, which was one hour ago";
    derived.sources = sum.name;
    return derived;
}

}  // namespace

PreviousAccumulationReader::PreviousAccumulationReader(const std::filesystem::path& grib, std::optional<Area> area)
    : area_(area) {
    if (std::filesystem::file_size(grib) > 0) reader_.emplace(grib);
}

std::optional<PreviousAccumulation> PreviousAccumulationReader::find(const Message& later) {
    const std::optional<Validity> validity = previous_validity(later);
    if (!reader_ || !validity) return std::nullopt;
    const std::vector<Message>& messages = reader_->messages();
    const auto found = std::ranges::find_if(messages, [&](const Message& message) {
        return message.parameter == later.parameter && message.level == later.level && message.validity == *validity &&
               message.traits == later.traits && message.reference_time == later.reference_time &&
               message.grid == later.grid;
    });
    if (found == messages.end()) return std::nullopt;
    return PreviousAccumulation{.values = Crop(found->grid, area_).apply(reader_->values(*found, fill_value)),
                                .packing_step = found->packing_step};
}

double packing_tolerance(double one_step, double other_step) {
    constexpr double rounding_to_float = 1.001;
    return (one_step + other_step) / 2 * rounding_to_float;
}

std::vector<float> accumulation_difference(std::span<const float> earlier, std::span<const float> later,
                                           double tolerance) {
    std::vector<float> result(later.size(), fill_value);
    for (std::size_t i = 0; i < later.size(); ++i) {
        if (later[i] == fill_value || earlier[i] == fill_value) continue;
        const double difference = static_cast<double>(later[i]) - static_cast<double>(earlier[i]);
        if (difference >= -tolerance) result[i] = static_cast<float>(std::max(difference, 0.0));
    }
    return result;
}

void HourlyPrecipitation::plan(FileLayout& layout, const std::vector<Message>& messages) {
    const auto sum = std::ranges::find_if(layout.variables, [&](const Variable& variable) {
        return variable.parameter == total_precipitation && variable.level.first.type == surface &&
               variable.statistic == "sum" && variable.messages.size() == 1 && is_single_forecast(variable.traits) &&
               layout.times[variable.time_coordinate].period == TimePeriod::bucket;
    });
    if (sum == layout.variables.end()) return;
    const auto is_hourly_sum = [&](const Variable& variable) { return variable.name == hourly_name(*sum); };
    if (std::ranges::any_of(layout.variables, is_hourly_sum)) return;
    const TimeCoordinate& bucket = layout.times[sum->time_coordinate];
    const bool is_difference = bucket.end - bucket.begin > hour;
    if (is_difference && !read_previous(messages[sum->messages.front()])) return;

    accumulated_variable_ = static_cast<std::size_t>(sum - layout.variables.begin());
    const std::size_t coordinate = hour_coordinate(layout, bucket.end);
    hourly_variable_ = layout.variables.size();
    layout.variables.push_back(
        make_hourly_variable(layout.variables[accumulated_variable_], coordinate, is_difference));
}

bool HourlyPrecipitation::read_previous(const Message& sum) {
    auto found = previous_ == nullptr ? std::nullopt : previous_->find(sum);
    if (!found) return false;
    tolerance_ = packing_tolerance(sum.packing_step, found->packing_step);
    previous_values_ = std::move(found->values);
    return true;
}

void HourlyPrecipitation::process(std::size_t variable, std::size_t /*level*/, std::span<const float> values,
                                  const Emit& emit) {
    if (!hourly_variable_ || variable != accumulated_variable_) return;
    if (previous_values_.empty())
        emit(*hourly_variable_, values);
    else
        emit(*hourly_variable_, accumulation_difference(previous_values_, values, tolerance_));
}

}  // namespace gfs

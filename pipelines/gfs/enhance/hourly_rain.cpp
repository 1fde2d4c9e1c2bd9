// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "enhance/hourly_rain.hpp"

#include "netcdf/definition.hpp"

#include <algorithm>

namespace gfs {

namespace {

constexpr GribParameter total_precipitation{.discipline = 0, .category = 1, .number = 8};
constexpr int surface = 1;  // code table 4.5
constexpr std::chrono::hours hour{1};

Variable hourly(const Variable& sum, std::size_t time_axis, bool is_difference) {
    Variable made = sum;
    made.name = sum.cf.standard_name + "_surface_hour";
    made.cf.ncep_name.clear();
    made.cf.long_name = "precipitation of the last hour";
    made.cf.comment = is_difference ? "missing where the sum fell by more than its packing explains" : "";
    made.parameter = {};
    made.time_axis = time_axis;
    made.messages.clear();
    made.derivation = is_difference ? "the sum since the last multiple of 6 h, minus that sum one hour earlier"
                                    : "the sum since the last multiple of 6 h, which was one hour ago";
    made.sources = sum.name;
    return made;
}

}  // namespace

std::vector<float> amount_between(std::span<const float> earlier, std::span<const float> later, double tolerance) {
    std::vector<float> result(later.size(), fill_value);
    for (std::size_t i = 0; i < later.size(); ++i) {
        if (later[i] == fill_value || earlier[i] == fill_value) continue;
        const double difference = static_cast<double>(later[i]) - static_cast<double>(earlier[i]);
        if (difference >= -tolerance) result[i] = static_cast<float>(std::max(difference, 0.0));
    }
    return result;
}

void HourlyRain::plan(Layout& layout, const std::vector<Message>& messages) {
    const auto sum = std::ranges::find_if(layout.variables, [&](const Variable& variable) {
        return variable.parameter == total_precipitation && variable.level.first.type == surface &&
               variable.statistic == "sum" && layout.times[variable.time_axis].window == Window::bucket;
    });
    if (sum == layout.variables.end()) return;
    const TimeAxis& bucket = layout.times[sum->time_axis];
    const bool is_difference = bucket.end - bucket.begin > hour;
    if (is_difference && !read_earlier(messages[sum->messages.front()])) return;

    sum_ = static_cast<std::size_t>(sum - layout.variables.begin());
    const std::chrono::sys_seconds end = bucket.end;
    layout.times.push_back({.name = "time_hour", .window = Window::interval, .begin = end - hour, .end = end});
    made_ = layout.variables.size();
    layout.variables.push_back(hourly(layout.variables[sum_], layout.times.size() - 1, is_difference));
}

bool HourlyRain::read_earlier(const Message& sum) {
    auto found = earlier_ == nullptr ? std::nullopt : earlier_->before(sum);
    if (!found) return false;
    tolerance_ = tolerance_of(sum.packing_step, found->packing_step);
    earlier_values_ = std::move(found->values);
    return true;
}

void HourlyRain::see(std::size_t variable, std::size_t /*level*/, std::span<const float> values, const Emit& emit) {
    if (!made_ || variable != sum_) return;
    if (earlier_values_.empty())
        emit(*made_, values);
    else
        emit(*made_, amount_between(earlier_values_, values, tolerance_));
}

}  // namespace gfs

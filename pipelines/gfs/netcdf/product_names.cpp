// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/product_names.hpp"

#include "grib/product_codes.hpp"
#include "netcdf/vertical_levels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace gfs {

namespace {

/// Without the digits that a decimal number loses in binary.
double rounded(double value) { return std::stod(fmt::format("{:.12g}", value)); }

AxisValue middle_of(double one, double other) {
    const auto [low, high] = std::minmax(one, other);
    return {.value = rounded((low + high) / 2), .bounds = std::pair(low, high)};
}

/// The threshold of a probability; a message may have the limit in the place of the other one.
std::optional<AxisValue> threshold_of(const Probability& probability) {
    const Event* const event = find_event(probability.type);
    const auto& [type, lower, upper] = probability;
    if ((event != nullptr && event->limit == Limit::none) || (!lower && !upper)) return std::nullopt;
    if (event != nullptr && event->limit == Limit::both && lower && upper) return middle_of(*lower, *upper);
    const bool is_upper = event != nullptr && event->limit == Limit::upper;
    return AxisValue{.value = is_upper ? upper.value_or(lower.value_or(0)) : lower.value_or(upper.value_or(0))};
}

std::optional<AxisValue> wavelength_of(const MetreRange& range) {
    if (!range.first && !range.second) return std::nullopt;
    if (is_enclosed(range)) return middle_of(*range.first, *range.second);
    return AxisValue{.value = range.first ? *range.first : *range.second};
}

/// "smaller_than_10um", "0p1_to_1um"; empty where the message has no limit.
std::string size_name(const MetreRange& range) {
    struct Comparison {
        int type;  // code table 4.91
        bool is_first;
        std::string_view words;
    };
    constexpr Comparison comparisons[] = {
        {0, true, "smaller_than"}, {1, false, "larger_than"}, {3, true, "larger_than"}, {4, false, "smaller_than"},
        {5, true, "at_most"},      {6, false, "at_least"},    {8, true, "at_least"},    {9, false, "at_most"}};
    const auto micrometres = [](double metres) { return name_token(rounded(metres * 1e6)); };
    if (is_enclosed(range)) return fmt::format("{}_to_{}um", micrometres(*range.first), micrometres(*range.second));
    const auto* const found = std::ranges::find(comparisons, range.type, &Comparison::type);
    const bool is_known = found != std::end(comparisons);
    const std::optional<double> limit = !is_known || found->is_first ? range.first : range.second;
    if (!limit) return "";
    return is_known ? fmt::format("{}_{}um", found->words, micrometres(*limit)) : micrometres(*limit) + "um";
}

/// "eastward wind" becomes "eastward_wind".
std::string underscored(std::string text) {
    std::ranges::replace(text, ' ', '_');
    return text;
}

/// The parts of names that a code stands for, or its number after `table`.
template <class Code>
std::string suffix_of(const Code* known, std::string_view table, int code) {
    return known != nullptr ? std::string(known->suffix) : fmt::format("{}_{}", table, code);
}

/// The parts of a name, in their order: "dust_dry", "smaller_than_10um", "ensemble_mean".
std::vector<std::string> suffixes_of(const ProductTraits& traits) {
    std::vector<std::string> parts;
    if (traits.constituent) parts.push_back(underscored(constituent_name(*traits.constituent)));
    if (traits.size) parts.push_back(size_name(*traits.size));
    if (traits.area_process)
        parts.push_back(suffix_of(find_area_process(*traits.area_process), "area_process", *traits.area_process));
    if (traits.probability)
        parts.push_back(suffix_of(find_event(traits.probability->type), "event", traits.probability->type));
    if (percentile_of(traits))
        parts.emplace_back("percentile");
    else if (traits.derived)
        parts.push_back(suffix_of(find_derived(*traits.derived), "derived", *traits.derived));
    std::erase(parts, "");
    return parts;
}

Axis level_axis(const Level& level) {
    const LevelKind& kind = kind_of(level);
    AxisValue place{.value = coordinate(level)};
    if (has_bounds(level)) place.bounds = bounds(level);
    return {.kind = AxisKind::level,
            .name = scalar_name(level),
            .standard_name = std::string(kind.standard_name),
            .long_name = dimension_name(level),
            .units = std::string(kind.unit),
            .positive = std::string(kind.positive),
            .values = {place}};
}

/// The control is 0, a negatively perturbed member negative.
Axis member_axis(const StatedMember& member) {
    constexpr int low_resolution_control = 1, negative = 2;
    const int sign = member.type <= low_resolution_control ? 0 : (member.type == negative ? -1 : 1);
    return {.kind = AxisKind::realization,
            .name = "realization",
            .standard_name = "realization",
            .long_name = "member of the ensemble; 0 is the control, negative numbers are negatively perturbed",
            .units = "1",
            .values = {{.value = static_cast<double>(sign * member.number)}}};
}

}  // namespace

std::vector<Axis> axes_of(const Message& message, const CfRow& quantity) {
    const ProductTraits& traits = message.traits;
    std::vector<Axis> axes;
    if (traits.member) axes.push_back(member_axis(*traits.member));
    if (const auto place = traits.probability ? threshold_of(*traits.probability) : std::nullopt)
        axes.push_back({.kind = AxisKind::threshold,
                        .name = "threshold_" + name_token(place->value),
                        .standard_name = quantity.standard_name,
                        .long_name = "threshold of " + quantity.long_name,
                        .units = quantity.units,
                        .values = {*place}});
    if (const auto percentile = percentile_of(traits))
        axes.push_back({.kind = AxisKind::percentile,
                        .name = fmt::format("percentile_{}", *percentile),
                        .standard_name = {},
                        .long_name = "percentile of the ensemble",
                        .units = "%",
                        .values = {{.value = static_cast<double>(*percentile)}}});
    if (const auto place = traits.wavelength ? wavelength_of(*traits.wavelength) : std::nullopt)
        axes.push_back({.kind = AxisKind::wavelength,
                        .name = fmt::format("radiation_wavelength_{}nm", name_token(rounded(place->value * 1e9))),
                        .standard_name = "radiation_wavelength",
                        .long_name = "wavelength",
                        .units = "m",
                        .values = {*place}});
    if (has_coordinate(message.level)) axes.push_back(level_axis(message.level));
    return axes;
}

std::string dimension_name(const Axis& axis, const Level& level) {
    switch (axis.kind) {
        case AxisKind::realization:
            return "realization";
        case AxisKind::threshold:
            return "threshold";
        case AxisKind::percentile:
            return "percentile";
        case AxisKind::wavelength:
            return "radiation_wavelength";
        case AxisKind::level:
            return dimension_name(level);
    }
    return "";
}

CfRow row_of_product(const Message& message, CfRow quantity) {
    const ProductTraits& traits = message.traits;
    CfRow row = std::move(quantity);
    constexpr int total_aerosol = 62000;
    if (traits.constituent && traits.constituent != total_aerosol) row.standard_name.clear();
    for (std::string part : suffixes_of(traits)) {
        std::ranges::replace(part, '_', ' ');
        row.long_name += ", " + part;
    }
    const bool has_no_quantity =
        traits.derived && !percentile_of(traits) &&
        (find_derived(*traits.derived) == nullptr || find_derived(*traits.derived)->cell_method.empty());
    const bool is_difference = traits.area_process && (find_area_process(*traits.area_process) == nullptr ||
                                                       find_area_process(*traits.area_process)->cell_method.empty());
    if (has_no_quantity || is_difference) row.standard_name.clear();
    constexpr std::array kept_units{7, 198};  // a range and an anomaly
    if (has_no_quantity && std::ranges::find(kept_units, *traits.derived) == kept_units.end()) row.units.clear();
    if (!traits.probability) return row;
    row.standard_name.clear();
    row.comment.clear();
    row.flag_meanings.clear();
    row.long_name = "probability of " + row.long_name;
    row.units = message.centre == ncep ? "%" : "";
    return row;
}

std::string product_name(const std::string& name, const ProductTraits& traits) {
    std::string result = traits.probability ? "probability_of_" + name : name;
    for (const std::string& part : suffixes_of(traits)) result += "_" + part;
    return result;
}

std::string product_cell_methods(const ProductTraits& traits) {
    std::string methods;
    const auto add = [&](std::string_view coordinate, const auto* known) {
        if (known != nullptr && !known->cell_method.empty())
            methods += fmt::format("{}{}: {}", methods.empty() ? "" : " ", coordinate, known->cell_method);
    };
    if (traits.area_process) add("area", find_area_process(*traits.area_process));
    if (traits.derived) add("realization", find_derived(*traits.derived));
    return methods;
}

std::optional<std::string> unknown_trait(const ProductTraits& traits) {
    if (traits.derived && !percentile_of(traits) && find_derived(*traits.derived) == nullptr)
        return fmt::format("its derived forecast is {}", *traits.derived);
    if (traits.probability && find_event(traits.probability->type) == nullptr)
        return fmt::format("its type of probability is {}", traits.probability->type);
    if (traits.area_process && find_area_process(*traits.area_process) == nullptr)
        return fmt::format("its statistical process over an area is {}", *traits.area_process);
    return std::nullopt;
}

}  // namespace gfs

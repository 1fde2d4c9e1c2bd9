// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/product_codes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <utility>

namespace gfs {

namespace {

// Code table 4.7 and, from 192 on, NCEP's version of it.
constexpr DerivedForecast derived_forecasts[] = {
    {0, "ensemble_mean", "mean", "ens mean"},
    {1, "ensemble_weighted_mean", "mean", "wt ens mean"},
    {2, "cluster_standard_deviation", "standard_deviation", "cluster std dev", "ens std dev"},
    {3, "cluster_normalized_standard_deviation", "", "normalized cluster std dev", "normalized ens std dev"},
    {4, "ensemble_spread", "standard_deviation", "ens spread"},
    {5, "ensemble_large_anomaly_index", "", "ens large anomaly index"},
    {6, "cluster_mean", "mean", "cluster mean"},
    {7, "ensemble_interquartile_range", "", "ens interquartile range"},
    {8, "ensemble_minimum", "minimum", "ens min"},
    {9, "ensemble_maximum", "maximum", "ens max"},
    {192, "ensemble_mode", "mode", "ens mode"},
    {196, "ensemble_member_weight", "", "ens weight"},
    {197, "ensemble_climate_percentile", "", "ens climate percentile"},
    {198, "ensemble_mean_anomaly", "", "ens mean anomaly"},
    {199, "ensemble_extreme_forecast_index", "", "ens extreme forecast index"},
};

/// Codes of table 4.7 by which NCEP gives percentiles.
constexpr std::pair<int, int> derived_percentiles[] = {{193, 10}, {194, 50}, {195, 90}};

constexpr int control_types[] = {0, 1};  // code table 4.6: of high and of low resolution

constexpr Event events[] = {
    {0, "below_threshold", Limit::lower, "<"},        {1, "above_threshold", Limit::upper, ">"},
    {2, "between_thresholds", Limit::both, ">="},     {3, "above_threshold", Limit::lower, ">"},
    {4, "below_threshold", Limit::upper, "<"},        {5, "equal_to_threshold", Limit::lower, "="},
    {6, "above_normal", Limit::none, "above normal"}, {7, "near_normal", Limit::none, "near normal"},
    {8, "below_normal", Limit::none, "below normal"}};

constexpr AreaProcess area_processes[] = {{0, "area_mean", "mean"},
                                          {1, "area_sum", "sum"},
                                          {2, "area_maximum", "maximum"},
                                          {3, "area_minimum", "minimum"},
                                          {4, "area_difference", ""},
                                          {5, "area_root_mean_square", "root_mean_square"},
                                          {6, "area_standard_deviation", "standard_deviation"}};

struct Constituent {
    int code;  // code table 4.233
    std::string_view name;
};
constexpr Constituent constituents[] = {{62000, "total aerosol"},
                                        {62001, "dust dry"},
                                        {62002, "water in ambient"},
                                        {62003, "ammonium dry"},
                                        {62004, "nitrate dry"},
                                        {62005, "nitric acid trihydrate"},
                                        {62006, "sulphate dry"},
                                        {62007, "mercury dry"},
                                        {62008, "sea salt dry"},
                                        {62009, "black carbon dry"},
                                        {62010, "particulate organic matter dry"},
                                        {62011, "primary particulate organic matter dry"},
                                        {62012, "secondary particulate organic matter dry"},
                                        {62013, "black carbon hydrophilic dry"},
                                        {62014, "black carbon hydrophobic dry"},
                                        {62015, "particulate organic matter hydrophilic dry"},
                                        {62016, "particulate organic matter hydrophobic dry"},
                                        {62017, "nitrate hydrophilic dry"},
                                        {62018, "nitrate hydrophobic dry"},
                                        {62020, "smoke high absorption"},
                                        {62021, "smoke low absorption"},
                                        {62022, "aerosol high absorption"},
                                        {62023, "aerosol low absorption"},
                                        {62025, "volcanic ash"},
                                        {62026, "particulate matter"}};

template <class Table>
const auto* find_code(const Table& table, int code) {
    const auto* const found = std::ranges::find_if(table, [code](const auto& each) { return each.code == code; });
    return found == std::end(table) ? nullptr : found;
}

/// "dust dry" becomes "Dust Dry".
std::string capitalized(std::string text) {
    for (std::size_t i = 0; i < text.size(); ++i)
        if (i == 0 || text[i - 1] == ' ')
            text[i] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[i])));
    return text;
}

std::string member_text(const StatedMember& member) {
    switch (member.type) {
        case 0:
            return "ENS=hi-res ctl";
        case 1:
            return "ENS=low-res ctl";
        case 2:
            return fmt::format("ENS=-{}", member.number);
        case 3:
            return fmt::format("ENS=+{}", member.number);
        case 4:
            return fmt::format("MM-ENS={}", member.number);
        default:
            return fmt::format("ENS={}", member.number);
    }
}

std::string probability_text(const Probability& probability) {
    const Event* const event = find_event(probability.type);
    if (event == nullptr) return fmt::format("prob type={}", probability.type);
    if (event->limit == Limit::none) return fmt::format("prob {}", event->sign);
    const double lower = probability.lower.value_or(0), upper = probability.upper.value_or(0);
    if (event->limit == Limit::both) return fmt::format("prob >={:g} <{:g}", lower, upper);
    return fmt::format("prob {}{:g}", event->sign, event->limit == Limit::lower ? lower : upper);
}

/// Code table 4.91.
std::string range_text(const MetreRange& range) {
    struct Comparison {
        int type;
        bool is_first;
        std::string_view sign;
    };
    constexpr Comparison comparisons[] = {{0, true, "<"},  {1, false, ">"},  {3, true, ">"},
                                          {4, false, "<"}, {5, true, "<="},  {6, false, ">="},
                                          {8, true, ">="}, {9, false, "<="}, {11, true, "="}};
    if (is_enclosed(range))
        return fmt::format("{}{:g},{}{:g}", range.type == 10 ? ">" : ">=", *range.first,
                           range.type == 2 ? "<" : "<=", *range.second);
    const auto* const found = std::ranges::find(comparisons, range.type, &Comparison::type);
    if (found == std::end(comparisons)) return fmt::format(" type={}", range.type);
    return fmt::format("{}{:g}", found->sign, (found->is_first ? range.first : range.second).value_or(0));
}

}  // namespace

const DerivedForecast* find_derived(int code) { return find_code(derived_forecasts, code); }
const Event* find_event(int code) { return find_code(events, code); }
const AreaProcess* find_area_process(int code) { return find_code(area_processes, code); }

std::optional<int> percentile_of(const ProductTraits& traits) {
    if (traits.percentile) return traits.percentile;
    for (const auto& [code, percentile] : derived_percentiles)
        if (traits.derived == code) return percentile;
    return std::nullopt;
}

std::string constituent_name(int code) {
    const Constituent* const known = find_code(constituents, code);
    return known != nullptr ? std::string(known->name) : fmt::format("constituent {}", code);
}

bool is_single_forecast(const ProductTraits& traits) {
    ProductTraits others = traits;
    others.member.reset();
    return others == ProductTraits();
}

bool holds_quantity(const ProductTraits& traits) {
    constexpr std::string_view spread = "standard_deviation";
    const auto keeps = [&](const auto* known) {
        return known != nullptr && !known->cell_method.empty() && known->cell_method != spread;
    };
    if (traits.probability) return false;
    if (traits.area_process && !keeps(find_area_process(*traits.area_process))) return false;
    return !traits.derived || percentile_of(traits) || keeps(find_derived(*traits.derived));
}

bool is_enclosed(const MetreRange& range) {
    return (range.type == 2 || range.type == 7 || range.type == 10) && range.first && range.second;
}

std::string product_text(const ProductTraits& traits) {
    std::string text;
    const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ":") + part; };
    if (traits.member) add(member_text(*traits.member));
    if (traits.derived) {
        const DerivedForecast* const known = find_derived(*traits.derived);
        const auto percentile = percentile_of(traits);
        add(known != nullptr ? std::string(known->text)
                             : (percentile ? fmt::format("{}% percentile", *percentile)
                                           : fmt::format("derived forecast={}", *traits.derived)));
    }
    if (traits.probability) add(probability_text(*traits.probability));
    if (traits.percentile) add(fmt::format("{}% level", *traits.percentile));
    if (traits.constituent && (traits.size || traits.wavelength))
        add("aerosol=" + capitalized(constituent_name(*traits.constituent)));
    else if (traits.constituent)
        add("chemical=" + capitalized(constituent_name(*traits.constituent)));
    if (traits.size) add("aerosol_size " + range_text(*traits.size));
    if (traits.wavelength) add("aerosol_wavelength " + range_text(*traits.wavelength));
    if (traits.area_process) {
        const AreaProcess* const known = find_area_process(*traits.area_process);
        add(known != nullptr ? std::string(known->suffix) : fmt::format("area process={}", *traits.area_process));
    }
    return text;
}

std::optional<ProductTraits> ensemble_traits(std::string_view text) {
    for (const DerivedForecast& each : derived_forecasts)
        if (text == each.text || (!text.empty() && text == each.former_text))
            return ProductTraits{.derived = each.code};
    for (const int type : control_types)
        if (const StatedMember control{.type = type, .number = 0}; text == member_text(control))
            return ProductTraits{.member = control};
    return std::nullopt;
}

}  // namespace gfs

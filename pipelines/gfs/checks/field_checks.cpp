// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "checks/field_checks.hpp"

#include "netcdf/define_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

namespace gfs {

namespace {

// In the units of cf_map.csv, which are those of the messages; with some room for packing.
constexpr PlausibleRange table[] = {
    {"TMP", 120, 370, Zeros::rare, Presence::always},  // down to the summer mesopause, up to desert ground
    {"TMAX", 150, 350, Zeros::rare, Presence::always},
    {"TMIN", 150, 350, Zeros::rare, Presence::always},
    {"APTMP", 130, 370, Zeros::rare, Presence::always},
    {"DPT", 120, 330, Zeros::rare, Presence::always},
    {"POT", 150, 2000, Zeros::rare},
    {"TSOIL", 180, 350, Zeros::rare},
    {"ICETMP", 180, 300, Zeros::rare},
    {"RH", -1, 150, Zeros::common, Presence::always},
    {"SPFH", -0.001, 0.06, Zeros::common, Presence::always},
    {"PWAT", -0.1, 130, Zeros::rare, Presence::always},
    {"CWAT", -0.1, 50},
    {"UGRD", -200, 200, Zeros::rare, Presence::always},
    {"VGRD", -200, 200, Zeros::rare, Presence::always},
    {"GUST", -0.1, 150, Zeros::common, Presence::always},
    {"FRICV", -0.01, 20},
    {"VVEL", -80, 80},
    {"DZDT", -60, 60},
    {"ABSV", -0.01, 0.01},
    {"PRMSL", 85'000, 112'000, Zeros::rare, Presence::always},
    {"MSLET", 85'000, 112'000, Zeros::rare, Presence::always},
    {"PRES", -1, 112'000},
    {"HGT", -6'000, 100'000},  // also of the freezing level and of cloud ceilings, where zero is common
    {"ICAHT", -2'000, 100'000},
    {"HPBL", -10, 20'000, Zeros::rare, Presence::always},
    {"VIS", -10, 100'000, Zeros::common, Presence::always},
    {"APCP", -0.01, 5'000, Zeros::common, Presence::always},
    {"ACPCP", -0.01, 5'000, Zeros::common, Presence::always},
    {"PRATE", -1e-6, 0.3, Zeros::common, Presence::always},
    {"CPRAT", -1e-6, 0.3, Zeros::common, Presence::always},
    {"CRAIN", -0.01, 1.01},
    {"CFRZR", -0.01, 1.01},
    {"CICEP", -0.01, 1.01},
    {"CSNOW", -0.01, 1.01},
    {"CPOFP", -50.1, 100.1},  // -50 marks where nothing falls
    {"WEASD", -0.1, 1e5},
    {"SNOD", -0.01, 1e3},
    {"WATR", -0.1, 5'000},
    {"SUNSD", -1, 21'600},  // s in 6 h
    {"TCDC", -0.1, 100.1, Zeros::common, Presence::always},
    {"LCDC", -0.1, 100.1, Zeros::common, Presence::always},
    {"MCDC", -0.1, 100.1, Zeros::common, Presence::always},
    {"HCDC", -0.1, 100.1, Zeros::common, Presence::always},
    {"CAPE", -1, 15'000},
    {"CIN", -5'000, 1},
    {"DSWRF", -0.1, 1'500, Zeros::common, Presence::always},
    {"USWRF", -0.1, 1'500, Zeros::common, Presence::always},
    {"DLWRF", 0, 800, Zeros::rare, Presence::always},
    {"ULWRF", 0, 1'200, Zeros::rare, Presence::always},
    {"LHTFL", -1'000, 3'000},
    {"SHTFL", -2'000, 3'000},
    {"GFLUX", -2'000, 2'000},
    {"UFLX", -60, 60},
    {"VFLX", -60, 60},
    {"LAND", -0.01, 1.01, Zeros::common, Presence::always},
    {"ICEC", -0.01, 1.01},
    {"ICETK", -0.01, 50},
    {"ALBDO", -0.1, 100.1},
    {"SOILW", -0.01, 1.01},
    {"SOILL", -0.01, 1.01},
    {"VEG", -0.1, 100.1},
    {"O3MR", -1e-6, 1e-4},
    {"TOZNE", 50, 800, Zeros::rare, Presence::always},  // Dobson units
    {"REFD", -100, 100},
    {"REFC", -100, 100},
    {"wind_speed", 0, 200, Zeros::common, Presence::always},
    {"wind_from_direction", 0, 360, Zeros::common, Presence::always},
    {"precipitation_amount", 0, 500, Zeros::common, Presence::always},  // of an hour
};

}  // namespace

const PlausibleRange* find_plausible_range(std::string_view name) {
    const auto* const found = std::ranges::find(table, name, &PlausibleRange::name);
    return found == std::end(table) ? nullptr : found;
}

std::optional<std::string> check_range(const PlausibleRange& plausible, std::span<const float> values) {
    std::size_t outside = 0;
    float lowest = 0;
    float highest = 0;
    for (const float value : values) {
        if (value == fill_value || (value >= plausible.low && value <= plausible.high)) continue;
        lowest = outside == 0 ? value : std::min(lowest, value);
        highest = outside == 0 ? value : std::max(highest, value);
        ++outside;
    }
    if (outside == 0) return std::nullopt;
    return fmt::format("{} of {} values are outside {} to {}: {} to {}", outside, values.size(), plausible.low,
                       plausible.high, lowest, highest);
}

std::optional<std::string> check_presence(const PlausibleRange& plausible, std::span<const float> values) {
    if (plausible.presence != Presence::always) return std::nullopt;
    if (std::ranges::any_of(values, [](float value) { return value != fill_value; })) return std::nullopt;
    return fmt::format("all {} values are missing", values.size());
}

std::optional<std::string> check_zeros(const PlausibleRange& plausible, std::span<const float> values) {
    constexpr double max_zero_fraction = 0.2;  // coarse packing makes zeros of a few percent of calm winds
    if (plausible.zeros != Zeros::rare) return std::nullopt;
    const auto zeros = std::ranges::count(values, 0.0F);
    if (static_cast<double>(zeros) <= max_zero_fraction * static_cast<double>(values.size())) return std::nullopt;
    return fmt::format("{} of {} values are exactly zero", zeros, values.size());
}

namespace {

/// Differences between each column and the next, the last and the first, where both have values; sampled on some
/// hundred rows, which represent all.
struct Neighbours {
    static constexpr std::size_t max_sampled_rows = 100;

    std::vector<double> sums;
    std::vector<double> rows;
    std::vector<double> differing;

    Neighbours(std::span<const float> values, std::size_t columns) : sums(columns), rows(columns), differing(columns) {
        const std::size_t all_rows = values.size() / columns;
        const std::size_t step = std::max<std::size_t>(1, all_rows / max_sampled_rows) * columns;
        for (std::size_t row = 0; row + columns <= values.size(); row += step) {
            for (std::size_t i = 0; i < columns; ++i)
                add(i, values[row + i], values[row + (i + 1 == columns ? 0 : i + 1)]);
        }
    }

    void add(std::size_t i, float a, float b) {
        if (a == fill_value || b == fill_value) return;
        ++rows[i];
        if (a == b) return;
        ++differing[i];
        sums[i] += std::abs(static_cast<double>(a) - static_cast<double>(b));
    }

    double mean(std::size_t i) const { return rows[i] == 0 ? 0 : sums[i] / rows[i]; }
};

}  // namespace

std::optional<std::string> check_seam(std::span<const float> values, std::size_t columns) {
    constexpr double factor = 2;  // more than any pair of neighbours on real fields of 1440 and of 144 columns
    constexpr std::size_t min_columns = 8;  // fewer do not show what is usual
    if (columns < min_columns) return std::nullopt;
    const Neighbours neighbours(values, columns);
    const std::size_t seam = columns - 1;
    // A single shower at the seam is no damage; a column that was never written differs nearly everywhere.
    if (neighbours.differing[seam] * 2 < neighbours.rows[seam]) return std::nullopt;
    double max_neighbour_difference = 0;
    // The pairs next to the seam share its damaged column.
    for (std::size_t i = 1; i + 1 < seam; ++i)
        max_neighbour_difference = std::max(max_neighbour_difference, neighbours.mean(i));
    if (neighbours.mean(seam) <= factor * max_neighbour_difference) return std::nullopt;
    return fmt::format("the first and the last column differ by {:.3g} on average, other neighbours by at most {:.3g}",
                       neighbours.mean(seam), max_neighbour_difference);
}

std::optional<std::string> check_decrease(std::span<const float> earlier, std::span<const float> later,
                                          double tolerance) {
    std::size_t smaller = 0;
    double largest_loss = 0;
    for (std::size_t i = 0; i < later.size(); ++i) {
        if (earlier[i] == fill_value || later[i] == fill_value) continue;
        const double loss = static_cast<double>(earlier[i]) - static_cast<double>(later[i]);
        if (loss <= tolerance) continue;
        ++smaller;
        largest_loss = std::max(largest_loss, loss);
    }
    if (smaller == 0) return std::nullopt;
    return fmt::format("{} of {} sums are smaller than one hour earlier, by up to {:.3g} where packing explains {:.3g}",
                       smaller, later.size(), largest_loss, tolerance);
}

}  // namespace gfs

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "checks/field_checks.hpp"

#include "netcdf/define_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace gfs {

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

/// How each column differs from the next one, the last from the first, where both have values: on some hundred rows,
/// which say as much as all.
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
    constexpr std::size_t min_columns = 8;  // columns; with fewer there is no telling what is usual
    if (columns < min_columns) return std::nullopt;
    const Neighbours neighbours(values, columns);
    const std::size_t seam = columns - 1;
    // One shower at the seam is no damage: a column that was never filled in differs nearly everywhere.
    if (neighbours.differing[seam] * 2 < neighbours.rows[seam]) return std::nullopt;
    double max_neighbour_difference = 0;
    // The pairs next to the seam have a part in what is wrong with it.
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

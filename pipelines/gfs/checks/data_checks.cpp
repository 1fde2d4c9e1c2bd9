// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "checks/data_checks.hpp"

#include "checks/field_checks.hpp"
#include "netcdf/levels.hpp"

#include <fmt/format.h>

#include <cmath>

namespace gfs {

namespace {

/// The length of a row, where the next column after the last would be the first.
std::optional<std::size_t> columns_all_around(const Grid& grid) {
    if (grid.kind != GridKind::latitude_longitude && grid.kind != GridKind::gaussian) return std::nullopt;
    const std::vector<double> all = longitudes(grid);
    if (all.size() < 2) return std::nullopt;
    constexpr double tolerance = 1e-3;  // degrees
    const double around = std::abs(all[1] - all[0]) * static_cast<double>(all.size());
    return std::abs(around - 360) < tolerance ? std::optional(all.size()) : std::nullopt;
}

std::vector<std::string> fields_of(const Variable& variable, const std::vector<Message>& messages) {
    if (variable.messages.size() <= 1) return {variable.name};
    std::vector<std::string> fields;
    for (const std::size_t index : variable.messages)
        fields.push_back(fmt::format("{} at {}", variable.name, inventory_text(messages[index].level)));
    return fields;
}

}  // namespace

std::string Finding::text() const { return fmt::format("{}: {}", field, what); }

void DataChecks::plan(Layout& layout, const std::vector<Message>& messages) {
    columns_around_ = columns_all_around(layout.grid);
    for (const Variable& variable : layout.variables) {
        const bool is_derived = variable.messages.empty();
        const bool is_sum = variable.statistic == "sum" && variable.messages.size() == 1;
        variables_.push_back(
            {.fields = fields_of(variable, messages),
             .plausible = find_plausible(is_derived ? variable.cf.standard_name : variable.cf.ncep_name),
             .sum = is_sum ? std::optional(messages[variable.messages.front()]) : std::nullopt});
    }
}

void DataChecks::see(std::size_t variable, std::size_t level, std::span<const float> values, const Emit& /*emit*/) {
    const Known& known = variables_[variable];
    const std::string& field = known.fields[level];
    if (known.plausible != nullptr) {
        note("range", field, wrong_range(*known.plausible, values));
        note("presence", field, wrong_presence(*known.plausible, values));
        note("zeros", field, wrong_zeros(*known.plausible, values));
    }
    if (columns_around_) note("seam", field, wrong_seam(values, *columns_around_));
    if (known.sum && earlier_ != nullptr) check_decrease(*known.sum, field, values);
}

void DataChecks::check_decrease(const Message& sum, const std::string& field, std::span<const float> values) {
    const std::optional<EarlierSum> earlier = earlier_->before(sum);
    if (!earlier) return;
    const double tolerance = tolerance_of(sum.packing_step, earlier->packing_step);
    note("decrease", field, wrong_decrease(earlier->values, values, tolerance));
}

void DataChecks::note(const char* check, const std::string& field, const std::optional<std::string>& wrong) {
    if (wrong)
        findings_.push_back({.check = check, .field = field, .what = *wrong});
    else
        ++passed_;
}

}  // namespace gfs

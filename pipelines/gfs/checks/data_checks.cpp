// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "checks/data_checks.hpp"

#include "grib/level_kinds.hpp"
#include "grib/product_codes.hpp"

#include <fmt/format.h>

namespace gfs {

namespace {

/// The length of a row of a grid all around the Earth; nothing for other grids.
std::optional<std::size_t> global_row_length(const Grid& grid) {
    if (grid.kind != GridKind::latitude_longitude && grid.kind != GridKind::gaussian) return std::nullopt;
    return goes_around(grid) ? std::optional(static_cast<std::size_t>(grid.columns)) : std::nullopt;
}

std::vector<std::string> fields_of(const Variable& variable, const std::vector<Message>& messages) {
    if (variable.messages.size() <= 1) return {variable.name};
    std::vector<std::string> fields;
    for (const std::size_t index : variable.messages) {
        fields.push_back(variable.name);
        if (index == no_message) continue;
        const std::string product = product_text(messages[index].traits);
        fields.back() +=
            fmt::format(" at {}{}{}", level_text(messages[index].level), product.empty() ? "" : ", ", product);
    }
    return fields;
}

/// nullptr where the values have another range than the quantity.
const PlausibleRange* plausible_range_of(const Variable& variable) {
    if (!holds_quantity(variable.traits)) return nullptr;
    return find_plausible_range(variable.messages.empty() ? variable.cf.standard_name : variable.cf.ncep_name);
}

}  // namespace

std::string Finding::text() const { return fmt::format("{}: {}", field, message); }

void DataChecks::plan(FileLayout& layout, const std::vector<Message>& messages) {
    global_row_length_ = global_row_length(layout.grid);
    for (const Variable& variable : layout.variables) {
        const bool is_sum = variable.statistic == "sum" && variable.messages.size() == 1;
        variables_.push_back({.fields = fields_of(variable, messages),
                              .plausible = plausible_range_of(variable),
                              .sum = is_sum ? std::optional(messages[variable.messages.front()]) : std::nullopt});
    }
}

void DataChecks::process(std::size_t variable, std::size_t level, std::span<const float> values, const Emit& /*emit*/) {
    const CheckedVariable& checked = variables_[variable];
    const std::string& field = checked.fields[level];
    if (checked.plausible != nullptr) {
        record_result("range", field, check_range(*checked.plausible, values));
        record_result("presence", field, check_presence(*checked.plausible, values));
        record_result("zeros", field, check_zeros(*checked.plausible, values));
    }
    if (global_row_length_) record_result("seam", field, check_seam(values, *global_row_length_));
    if (checked.sum && previous_ != nullptr) check_accumulation(*checked.sum, field, values);
}

void DataChecks::check_accumulation(const Message& sum, const std::string& field, std::span<const float> values) {
    const std::optional<PreviousAccumulation> earlier = previous_->find(sum);
    if (!earlier) return;
    const double tolerance = packing_tolerance(sum.packing_step, earlier->packing_step);
    record_result("decrease", field, check_decrease(earlier->values, values, tolerance));
}

void DataChecks::record_result(const char* check, const std::string& field, const std::optional<std::string>& problem) {
    if (problem)
        findings_.push_back({.check = check, .field = field, .message = *problem});
    else
        ++passed_;
}

}  // namespace gfs

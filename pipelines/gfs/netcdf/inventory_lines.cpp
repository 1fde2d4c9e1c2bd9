// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/inventory_lines.hpp"

#include "grib/level_kinds.hpp"
#include "grib/product_codes.hpp"
#include "grib/renamed_parameters.hpp"
#include "netcdf/file_layout.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace gfs {

namespace {

// "7 hour fcst"
std::string_view time_in(std::string_view line) { return line.substr(line.rfind(':') + 1); }

/// True where an inventory may name the message otherwise than inventory_line().
bool may_have_another_name(const Message& message) {
    const CfRow* const row = CfTable::built_in().find(message);
    return unknown_reason(message, CfTable::built_in()) || (row != nullptr && !row->is_of_inventories);
}

/// Pairs a message of unknown meaning with a missing line of its time: both are removed from the difference.
void match_unknown_message(const Message& message, InventoryDiff& diff) {
    const std::string own = inventory_line(message, CfTable::built_in());
    const auto found = std::find(diff.unexpected.begin(), diff.unexpected.end(), own);
    if (found == diff.unexpected.end()) return;
    const auto expected_line = std::find_if(diff.missing.begin(), diff.missing.end(),
                                            [&](const std::string& line) { return time_in(line) == time_in(own); });
    if (expected_line == diff.missing.end()) return;
    diff.missing.erase(expected_line);
    diff.unexpected.erase(found);
}

}  // namespace

std::string inventory_line(const Message& message, const CfTable& table) {
    const CfRow* row = table.find(message);
    return fmt::format("{}:{}:{}", row == nullptr ? to_text(message.parameter) : row->ncep_name,
                       level_text(message.level), time_text(message.validity, message.reference_time));
}

std::string index_line(const Message& message, const CfTable& table) {
    const std::time_t reference = std::chrono::system_clock::to_time_t(message.reference_time);
    return fmt::format("{}:{}:d={:%Y%m%d%H}:{}:{}", message.location.number, message.location.offset,
                       fmt::gmtime(reference), inventory_line(message, table), product_text(message.traits));
}

InventoryDiff diff_inventory(std::vector<std::string> expected, const std::vector<Message>& messages) {
    std::vector<std::string> found;
    for (const Message& message : messages) found.push_back(inventory_line(message, CfTable::built_in()));
    std::transform(expected.begin(), expected.end(), expected.begin(), with_present_name);
    // As multisets: up to 6 h the two sums of precipitation carry the same line.
    std::sort(expected.begin(), expected.end());
    std::sort(found.begin(), found.end());
    InventoryDiff diff;
    std::set_difference(expected.begin(), expected.end(), found.begin(), found.end(), std::back_inserter(diff.missing));
    std::set_difference(found.begin(), found.end(), expected.begin(), expected.end(),
                        std::back_inserter(diff.unexpected));
    for (const Message& message : messages) {
        if (may_have_another_name(message)) match_unknown_message(message, diff);
    }
    return diff;
}

}  // namespace gfs

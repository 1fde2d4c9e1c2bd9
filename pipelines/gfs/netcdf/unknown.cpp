// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/unknown.hpp"

#include "netcdf/vertical_levels.hpp"
#include "netcdf/windows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gfs {

namespace {

// Code table 4.0: a field at an instant or over an interval, alone or as the member of an ensemble.
constexpr std::array plain_products{0, 8, 1, 11};

constexpr int first_local_level = 192;

bool is_level_known(const Message& message) {
    const bool is_foreign = message.level.first.type >= first_local_level && message.centre != ncep;
    return !is_foreign && !kind_of(message.level).name.empty();
}

}  // namespace

bool is_plain_product(const Message& message) {
    return std::find(plain_products.begin(), plain_products.end(), message.product_template) != plain_products.end();
}

std::optional<std::string> unknown_reason(const Message& message, const CfTable& table) {
    if (!is_plain_product(message))
        return fmt::format("its product definition has template 4.{}", message.product_template);
    if (message.time_ranges != 1) return fmt::format("its interval is made of {} time ranges", message.time_ranges);
    const CfRow* const row = table.find(message);
    if (row == nullptr) {
        return fmt::format("its parameter is {} of '{}', which is not in the table of names",
                           to_text(message.parameter), message.centre);
    }
    if (!is_level_known(message)) return fmt::format("its level is {}, of a kind without name", to_text(message.level));
    if (message.validity.process && !is_process_known(message, *row))
        return fmt::format("its statistical process is {}", *message.validity.process);
    return std::nullopt;
}

}  // namespace gfs

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "operate/text_table.hpp"

#include "base/printable.hpp"
#include "base/time.hpp"
#include "scheduler/explanation.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::operate {

namespace {

/// The number of characters, of which a terminal shows each in one column, but for a few scripts.
std::size_t width_of(const std::string& utf8) {
    return static_cast<std::size_t>(
        std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

std::vector<std::size_t> column_widths(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
    }
    return widths;
}

}  // namespace

std::string text_table(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::vector<std::string>> cells = rows;
    for (auto& row : cells)
        for (std::string& cell : row) cell = printable_line(cell);
    const auto widths = column_widths(cells);
    std::string text;
    for (const auto& row : cells) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            text += i == 0 ? "" : "  ";
            text += row[i];
            if (i + 1 < row.size()) text.append(widths[i] - width_of(row[i]), ' ');
        }
        text += '\n';
    }
    return text;
}

std::string time_text(const Json& seconds) {
    return seconds.is_number() ? scheduler::format_time(time_from_epoch_seconds(seconds.as_number())) : "-";
}

}  // namespace freshet::operate

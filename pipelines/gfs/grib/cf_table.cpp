// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/cf_table.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace gfs {

namespace {

using Record = std::map<std::string, std::string>;

int integer(const std::string& text, std::size_t line, std::string_view file = "cf_map.csv") {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        throw freshet::Error(fmt::format("{}, line {}: '{}' is not a whole number", file, line, text));
    return value;
}

GribParameter parameter_of(const Record& record, std::size_t line) {
    return {.discipline = integer(record.at("discipline"), line),
            .category = integer(record.at("category"), line),
            .number = integer(record.at("number"), line)};
}

// "0-2-25"
GribParameter parameter_of(const std::string& text, std::size_t line) {
    const std::size_t first = text.find('-');
    const std::size_t second = text.find('-', first + 1);
    if (first == std::string::npos || second == std::string::npos) {
        throw freshet::Error(fmt::format("cf_map.csv, line {}: '{}' is not a parameter like 0-2-25", line, text));
    }
    return {.discipline = integer(text.substr(0, first), line),
            .category = integer(text.substr(first + 1, second - first - 1), line),
            .number = integer(text.substr(second + 1), line)};
}

void check_columns(const std::vector<std::vector<std::string>>& records) {
    if (records.empty()) throw freshet::Error("cf_map.csv is empty");
    for (const char* const column :
         {"ncep_abbrev", "discipline", "category", "number", "surface", "standard_name", "units", "long_name",
          "statistic", "wmo_alternative_id", "base_name", "flag_meanings", "comment"}) {
        if (std::find(records[0].begin(), records[0].end(), column) == records[0].end()) {
            throw freshet::Error(fmt::format("cf_map.csv has no column '{}'", column));
        }
    }
}

CfRow row_of(const Record& record) {
    return {.ncep_name = record.at("ncep_abbrev"),
            .standard_name = record.at("standard_name"),
            .units = record.at("units"),
            .long_name = record.at("long_name"),
            .statistic = record.at("statistic"),
            .base_name = record.at("base_name"),
            .flag_meanings = record.at("flag_meanings"),
            .comment = record.at("comment")};
}

bool is_local(const GribParameter& parameter) {
    constexpr int first_local = 192;
    return std::max({parameter.discipline, parameter.category, parameter.number}) >= first_local;
}

/// True for centres whose local numbers are those of NCEP's tables: the offices of the US Weather Service, the Global
/// Systems Laboratory (HRRR), and the MRMS (discipline 209) of the Severe Storms Laboratory.
bool uses_ncep_numbers(const Message& message) {
    constexpr std::string_view centres[] = {ncep, "8", "9", "59"};
    constexpr int mrms = 209;
    return std::ranges::count(centres, message.centre) > 0 ||
           (message.centre == "161" && message.parameter.discipline == mrms);
}

}  // namespace

std::vector<std::vector<std::string>> parse_csv(std::string_view text) {
    std::vector<std::vector<std::string>> records;
    std::vector<std::string> record(1);
    bool is_quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (is_quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
            record.back() += text[++i];
        } else if (c == '"') {
            is_quoted = !is_quoted;
        } else if (c == ',' && !is_quoted) {
            record.emplace_back();
        } else if (c == '\n' && !is_quoted) {
            records.push_back(std::move(record));
            record.assign(1, "");
        } else {
            record.back() += c;
        }
    }
    if (record.size() > 1 || !record.front().empty()) records.push_back(std::move(record));
    return records;
}

CfTable::CfTable(std::string_view csv, std::string_view parameters) {
    const auto records = parse_csv(csv);
    check_columns(records);
    for (std::size_t i = 1; i < records.size(); ++i) {
        const std::size_t line = i + 1;
        if (records[i].size() != records[0].size()) {
            throw freshet::Error(fmt::format("cf_map.csv, line {}: {} fields where the first line names {}", line,
                                             records[i].size(), records[0].size()));
        }
        Record record;
        for (std::size_t k = 0; k < records[0].size(); ++k) record[records[0][k]] = records[i][k];
        const int surface = record.at("surface") == "*" ? any_surface : integer(record.at("surface"), line);
        const std::pair key(parameter_of(record, line), surface);
        const bool is_first = rows_.emplace(key, row_of(record)).second;
        const bool is_of_sums = !is_first && record.at("statistic") == "sum" && rows_.at(key).statistic != "sum";
        if (!is_first && !(is_of_sums && sums_.emplace(key, row_of(record)).second)) {
            throw freshet::Error(
                fmt::format("cf_map.csv, line {}: a second row for the same parameter and surface", line));
        }
        if (std::ranges::find(names_, key.first, &ParameterName::parameter) == names_.end())
            names_.push_back({key.first, record.at("ncep_abbrev")});
        if (const std::string& alternative = record.at("wmo_alternative_id"); !alternative.empty()) {
            (is_of_sums ? sums_ : rows_).emplace(std::pair(parameter_of(alternative, line), surface), row_of(record));
        }
    }
    add_rows_for_any_surface();
    add_parameters(parameters);
}

// Rows of discipline, category, number, abbreviation, units and long name, below a line that names them.
void CfTable::add_parameters(std::string_view csv) {
    constexpr std::string_view file = "grib_parameters.csv";
    const auto records = parse_csv(csv);
    for (std::size_t i = 1; i < records.size(); ++i) {
        const std::vector<std::string>& record = records[i];
        const std::size_t line = i + 1;
        if (record.size() != 6) throw freshet::Error(fmt::format("{}, line {}: it has not 6 fields", file, line));
        const GribParameter parameter{.discipline = integer(record[0], line, file),
                                      .category = integer(record[1], line, file),
                                      .number = integer(record[2], line, file)};
        CfRow row;
        row.ncep_name = record[3];
        row.units = record[4];
        row.long_name = record[5];
        row.is_of_inventories = false;
        rows_.emplace(std::pair(parameter, any_surface), std::move(row));
    }
}

// On a surface without a row a parameter is still known, but without its standard name, which may depend on the
// surface.
void CfTable::add_rows_for_any_surface() {
    const auto known = rows_;
    for (const auto& [key, row] : known) {
        CfRow nameless = row;
        nameless.standard_name.clear();
        nameless.comment.clear();
        rows_.emplace(std::pair(key.first, any_surface), std::move(nameless));
    }
}

const CfTable& CfTable::built_in() {
    static const CfTable table(cf_map, grib_parameters);
    return table;
}

const CfRow* CfTable::find(const GribParameter& parameter, int surface) const {
    auto row = rows_.find({parameter, surface});
    if (row == rows_.end()) row = rows_.find({parameter, any_surface});
    return row == rows_.end() ? nullptr : &row->second;
}

const std::string* CfTable::find_name(const GribParameter& parameter) const {
    const CfRow* const row = find(parameter, any_surface);
    return row == nullptr ? nullptr : &row->ncep_name;
}

const CfRow* CfTable::find(const Message& message) const {
    constexpr std::array processes_of_sums{1, 195, 196, 204, 206};  // code table 4.10, NCEP's own from 192 on
    const GribParameter& parameter = message.parameter;
    if (is_local(parameter) && !uses_ncep_numbers(message)) return nullptr;
    const int surface = message.level.first.type;
    if (std::ranges::count(processes_of_sums, message.validity.process) > 0)
        if (const auto sum = sums_.find({parameter, surface}); sum != sums_.end()) return &sum->second;
    return find(parameter, surface);
}

}  // namespace gfs

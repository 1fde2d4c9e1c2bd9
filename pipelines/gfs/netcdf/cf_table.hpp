// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/message.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// eccodes' name for the centre whose local numbers the table knows.
inline constexpr std::string_view ncep = "kwbc";

/// What CF calls a parameter on a kind of surface, in the units in which NCEP delivers it.
struct CfRow {
    std::string ncep_name;      ///< "UGRD"
    std::string standard_name;  ///< empty where CF has none
    std::string units;
    std::string long_name;
    std::string statistic;      ///< "maximum": what is meant where the message itself does not say
    std::string base_name;      ///< the variable's name where the standard name belongs to another parameter
    std::string flag_meanings;  ///< of the values 0, 1, ...: "no yes"
    std::string comment;
};

/// The names of parameters: cf_map.csv, which is built into the program.
class CfTable {
public:
    /// Throws freshet::Error with the line where `csv` is not such a table.
    explicit CfTable(std::string_view csv);

    /// The built-in table.
    static const CfTable& built_in();

    /// The row of the parameter on this kind of surface, else the row for any surface, else nullptr. A parameter is
    /// also known by the WMO number that is to replace NCEP's own one.
    const CfRow* find(const GribParameter& parameter, int surface) const;
    /// The row for the message; nullptr also where another centre than NCEP gives a local number its own meaning.
    const CfRow* find(const Message& message) const;

private:
    static constexpr int any_surface = -1;

    void add_rows_for_any_surface();

    std::map<std::pair<GribParameter, int>, CfRow> rows_;
};

/// The records of an RFC 4180 table: fields may be quoted and hold commas.
std::vector<std::vector<std::string>> parse_csv(std::string_view text);

}  // namespace gfs

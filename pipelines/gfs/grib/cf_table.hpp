// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/message.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// eccodes' name of the centre whose local numbers are in the table.
inline constexpr std::string_view ncep = "kwbc";

/// The CF metadata of a parameter on a type of surface, in the units in which NCEP delivers it.
struct CfRow {
    std::string ncep_name;      ///< "UGRD"
    std::string standard_name;  ///< empty where CF has none
    std::string units;
    std::string long_name;
    std::string statistic;      ///< "maximum": for messages that do not tell
    std::string base_name;      ///< the variable's, where the standard name belongs to another parameter
    std::string flag_meanings;  ///< meanings of the values 0, 1, ...: "no yes"
    std::string comment;
    bool is_of_inventories = true;  ///< false where `ncep_name` is of NCEP's documentation and unseen in an inventory
};

/// NCEP's abbreviation of a parameter.
struct ParameterName {
    GribParameter parameter;
    std::string name;
};

/// CF metadata by parameter and surface: cf_map.csv, and for parameters without a row there the names and units of
/// grib_parameters.csv. Both are embedded in the program.
class CfTable {
public:
    /// Parses a table, and one of further parameters without CF's standard names. A second row for a parameter and
    /// surface is that of its sums: what fell instead of what lies. Throws freshet::Error with the line for anything
    /// else.
    explicit CfTable(std::string_view csv, std::string_view parameters = {});

    /// The embedded table.
    static const CfTable& built_in();

    /// The row of the parameter on this type of surface, else the row for any surface, else that of the further
    /// parameters, else nullptr. Finds a parameter also by the WMO number that is to replace NCEP's local one.
    const CfRow* find(const GribParameter& parameter, int surface) const;
    /// The row for the message, that of the sums if it is one or an average of some; nullptr also for a local number of
    /// a centre that does not use NCEP's.
    const CfRow* find(const Message& message) const;
    /// NCEP's abbreviation, the same on each surface; nullptr for an unknown parameter.
    const std::string* find_name(const GribParameter& parameter) const;
    /// The names that inventories have been seen to use, once by each parameter, in the table's order: not by the WMO
    /// numbers that are to replace NCEP's, nor of the further parameters.
    const std::vector<ParameterName>& names() const { return names_; }

private:
    static constexpr int any_surface = -1;

    void add_rows_for_any_surface();
    void add_parameters(std::string_view csv);

    std::map<std::pair<GribParameter, int>, CfRow> rows_;
    std::map<std::pair<GribParameter, int>, CfRow> sums_;  ///< where they differ from the row in `rows_`
    std::vector<ParameterName> names_;
};

/// The text of cf_map.csv, embedded by CMake.
extern const char* const cf_map;

/// The text of grib_parameters.csv, which make_grib_parameters.py makes.
extern const char* const grib_parameters;

/// The records of an RFC 4180 table: quoted fields may contain commas.
std::vector<std::vector<std::string>> parse_csv(std::string_view text);

}  // namespace gfs

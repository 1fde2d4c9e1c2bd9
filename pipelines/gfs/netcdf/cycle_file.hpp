// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace netCDF {
class NcAtt;
}

namespace gfs {

/// The values of a coordinate of levels, members, thresholds, ...: ascending, with the bounds of each (two numbers for
/// a value) where they are ranges.
struct AxisValues {
    std::vector<double> values;
    std::vector<double> bounds;

    friend bool operator==(const AxisValues&, const AxisValues&) = default;
};

/// A variable's place in one lead's file.
struct LeadVariable {
    std::size_t lead;                          ///< index into the list of files
    std::vector<std::string> dimensions = {};  ///< names there of its dimensions besides time and grid
    std::vector<AxisValues> axes = {};         ///< their values there
};

/// The names in one lead's file.
struct LeadContent {
    std::set<std::string> variables;
    std::set<std::string> dimensions;
    std::map<std::string, AxisValues> axes;  ///< by the name of their dimension
};

/// A variable over the whole grid.
struct CycleField {
    std::vector<LeadVariable> sources;  ///< by lead; the first only where it does not depend on time
    bool has_time = true;
    bool is_double = false;
    std::size_t described_by = 0;         ///< the lead that its attributes are taken from
    std::vector<std::string> dimensions;  ///< names there of its dimensions besides time and grid
    std::vector<std::size_t> axes;        ///< indices into CycleContent::axes
};

/// A dimension besides time and grid: all values that a field has on it in any lead.
struct CycleAxis {
    std::string name;
    AxisValues content;
    std::size_t described_by;  ///< the lead that its attributes are taken from
    std::string name_there;
};

/// One or, for bounds, two numbers at each time.
struct CycleSeries {
    std::size_t width = 1;
    std::size_t described_by = 0;
    std::map<std::size_t, std::vector<double>> by_lead;
};

/// Numbers that do not depend on time.
struct CycleNumbers {
    std::vector<std::string> dimensions;
    bool is_integer = false;
    std::size_t described_by = 0;
    std::vector<double> values;
};

/// The variables of all leads of a cycle, by name, and what becomes of them in one file.
struct CycleContent {
    std::vector<LeadContent> leads;
    std::vector<std::string> horizontal;  ///< names of the dimensions of rows and columns
    std::vector<CycleAxis> axes;
    std::map<std::string, CycleField> fields;
    std::map<std::string, CycleSeries> series;
    std::map<std::string, CycleNumbers> numbers;
    std::map<std::string, std::vector<std::string>> texts;  ///< attributes of the files, by lead
    std::vector<std::string> left_out;                      ///< sentences about variables that fit in no place
};

/// Reads the leads' files of a cycle, which are in the order of their times. Reads no field. Throws freshet::Error with
/// the path of a file that cannot be read or has another grid than the first.
CycleContent read_cycle_content(const std::vector<std::filesystem::path>& leads);

/// The files of the leads of a cycle that one file is to show together.
struct CycleFileRequest {
    std::filesystem::path netcdf;              ///< replaced when it exists; read beside the leads only
    std::vector<std::filesystem::path> leads;  ///< by ascending time
    std::string id;                            ///< attribute of the file
};

/// Writes the file of a cycle: every field of its leads over all times, without data of its own. Values are read from
/// the files of the leads, which are named relative to its folder; where a lead lacks a field, or its file is gone,
/// they are missing. The same leads give the same bytes. `content` is that of the request's leads, and names what is
/// left out because its dimensions differ from lead to lead. Throws freshet::Error with the path. Not thread-safe, as
/// the NetCDF library is not.
void write_cycle_file(const CycleFileRequest& request, const CycleContent& content);

/// Formats the same dataset as references in the format of kerchunk (version 1, Zarr 2): metadata and coordinates, and
/// the place of every chunk of a field in the files of the leads. Their names stand after the template `u`, which is
/// empty: readers replace it by the folder or address of the files. What a lead lacks has no reference, which readers
/// show as missing. Requires that the file of the cycle is written. The same leads give the same text. Throws
/// freshet::Error.
std::string cycle_references(const CycleFileRequest& request, const CycleContent& content);

/// A document about a cycle, and sentences about what it leaves out.
struct CycleNcml {
    std::string text;
    std::vector<std::string> left_out;
};

/// Formats the same dataset as NcML: a joinExisting aggregation of the files of the leads, named relative to the
/// document's folder. NetCDF-Java wants every variable in every file, so each lead declares what it lacks. Fields
/// whose levels, members, ..., or the names of their dimensions, differ from lead to lead are left out. Requires that
/// the file of the cycle is written. The same leads give the same text. Throws freshet::Error.
CycleNcml cycle_ncml(const CycleFileRequest& request, const CycleContent& content);

/// Attributes that the file of a cycle has of its own; all others are those of the leads.
extern const std::set<std::string> own_cycle_attributes;

/// Attributes of a field that are each lead's own: the file of a cycle has none of them.
extern const std::set<std::string> own_lead_attributes;

/// An attribute: a text, or numbers.
struct CycleAttribute {
    std::string name;
    std::string type;  ///< in NcML's words: "String", "int", "float" or "double"
    std::string text = {};
    std::vector<double> numbers = {};
};

/// Reads an attribute of a variable or a file.
CycleAttribute read_attribute(const netCDF::NcAtt& attribute);

}  // namespace gfs

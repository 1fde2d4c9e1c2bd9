// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "netcdf/file_layout.hpp"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace gfs {

/// Attributes of the file that its messages do not tell. None may depend on when or where the program runs: the same
/// input gives the same bytes.
struct DatasetInfo {
    std::string id;            ///< "gfs.0p25"
    std::string title;         ///< "NOAA GFS 0.25 degree forecast"
    std::string date_created;  ///< RFC 3339: when upstream published its file; empty when unknown
    std::string code_version;  ///< the program's
    std::vector<std::pair<std::string, std::string>> attributes = {};  ///< more of the file, by name
};

/// The value of missing points: netCDF's default fill value for floats.
extern const float fill_value;

/// Creates the planned file, replacing an existing one: dimensions, coordinates, attributes, and variables that are
/// still empty. Throws freshet::Error with the path and, where there is one, the variable.
void define_file(const std::filesystem::path& path, const FileLayout& layout, const std::vector<Message>& messages,
                 const DatasetInfo& info);

/// The global attributes of CF and ACDD that tell who made the data, with which model and under which terms, as the
/// messages identify them by centre, subcentre and generating process. What they do not tell is left out.
std::vector<std::pair<const char*, std::string>> originator_attributes(const std::vector<Message>& messages);

/// Formats as "2026-08-21T06:00:00Z".
std::string iso_time(std::chrono::sys_seconds time);

}  // namespace gfs

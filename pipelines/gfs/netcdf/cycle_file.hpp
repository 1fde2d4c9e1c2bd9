// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gfs {

/// The files of the leads of a cycle that one file is to show together.
struct CycleFileRequest {
    std::filesystem::path netcdf;              ///< replaced when it exists; read beside the leads only
    std::vector<std::filesystem::path> leads;  ///< by ascending time
    std::string id;                            ///< attribute of the file
};

/// Writes the file of a cycle: every field of its leads over all times, without data of its own. Values are read from
/// the files of the leads, which are named relative to its folder; where a lead lacks a field, or its file is gone,
/// they are missing. The same leads give the same bytes. Returns sentences about variables that are left out because
/// their dimensions differ from lead to lead. Throws freshet::Error with the path. Not thread-safe, as the NetCDF
/// library is not.
std::vector<std::string> write_cycle_file(const CycleFileRequest& request);

}  // namespace gfs

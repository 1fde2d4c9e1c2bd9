// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "netcdf/dataset_info.hpp"
#include "netcdf/file_layout.hpp"

#include <filesystem>

namespace gfs {

/// What stands for a missing value: netCDF's default for floats.
extern const float fill_value;

/// Creates the planned file with its dimensions, coordinates, attributes and variables that are still empty; one that
/// is there is replaced. Throws freshet::Error with the path and, where there is one, the variable.
void define_file(const std::filesystem::path& path, const FileLayout& layout, const std::vector<Message>& messages,
                 const DatasetInfo& info);

}  // namespace gfs

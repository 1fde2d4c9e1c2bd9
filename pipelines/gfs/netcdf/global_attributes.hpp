// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "netcdf/dataset_info.hpp"
#include "netcdf/file_layout.hpp"

#include <netcdf>

namespace gfs {

/// CF's and ACDD's attributes of the whole file.
void put_global_attributes(netCDF::NcFile& file, const FileLayout& layout, const std::vector<Message>& messages,
                           const DatasetInfo& info);

/// "2026-08-21T06:00:00Z"
std::string iso_time(std::chrono::sys_seconds time);

}  // namespace gfs

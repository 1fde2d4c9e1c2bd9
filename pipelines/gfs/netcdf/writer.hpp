// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "netcdf/dataset_info.hpp"
#include "netcdf/layout.hpp"

#include <filesystem>
#include <memory>
#include <span>

namespace gfs {

/// Writes one planned NetCDF file, field by field. Every failure throws freshet::Error with the path and, where there
/// is one, the variable. Not closed, the file is incomplete.
class NetcdfWriter {
public:
    /// Creates the file with its dimensions, coordinates and attributes; one that is there is replaced.
    NetcdfWriter(const std::filesystem::path& path, const Layout& layout, const std::vector<Message>& messages,
                 const DatasetInfo& info);
    ~NetcdfWriter();

    /// The horizontal field of one variable at one of its levels (0 where it has none).
    void write(std::size_t variable, std::size_t level, std::span<const float> values);

    void close();

private:
    struct File;
    std::unique_ptr<File> file_;
};

/// What stands for a missing value: netCDF's default for floats.
extern const float fill_value;

}  // namespace gfs

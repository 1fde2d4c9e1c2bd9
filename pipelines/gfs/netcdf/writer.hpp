// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "netcdf/chunk_file.hpp"
#include "netcdf/define_file.hpp"
#include "netcdf/verify_file.hpp"

#include <span>

namespace gfs {

/// Writes one planned NetCDF file, field by field. Every failure throws freshet::Error with the path and, where there
/// is one, the variable. Not closed, the file is incomplete.
class NetcdfWriter {
public:
    /// Creates the file with everything but the fields.
    NetcdfWriter(const std::filesystem::path& path, const FileLayout& layout, const std::vector<Message>& messages,
                 const DatasetInfo& info);

    /// The horizontal field of one variable at one of its levels (0 where it has none).
    void write(std::size_t variable, std::size_t level, std::span<const float> values);

    /// Completes the file and reads it back: what differs from what was handed over is an error.
    void close();

private:
    std::filesystem::path path_;
    const FileLayout& layout_;
    ChunkFile chunks_;
    std::vector<FieldChecksum> checksums_;
};

}  // namespace gfs

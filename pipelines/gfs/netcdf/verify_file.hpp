// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "netcdf/file_layout.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace gfs {

/// Checksums of one horizontal field as it was handed to the writer.
struct FieldChecksum {
    std::size_t variable = 0;  ///< index into FileLayout::variables
    std::size_t level = 0;     ///< index into Variable::messages
    std::uint32_t values_checksum = 0;
    std::uint32_t stored_checksum = 0;  ///< the encoded chunks', one after the other
};

/// The CRC-32 of their bytes.
std::uint32_t values_checksum(std::span<const float> values);

/// Verifies a finished file against its plan: dimensions, axes, and every stored chunk. Of each shape of variable one
/// field is also decoded by netCDF, which had no part in writing it; decoding all would cost half of the conversion's
/// time. Throws freshet::Error with the path and the difference.
void verify_file(const std::filesystem::path& path, const FileLayout& layout, const std::vector<FieldChecksum>& fields);

}  // namespace gfs

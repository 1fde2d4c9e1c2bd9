// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "netcdf/file_layout.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace gfs {

/// What was handed over to be written as one horizontal field.
struct FieldChecksum {
    std::size_t variable = 0;  ///< index into FileLayout::variables
    std::size_t level = 0;
    std::size_t missing = 0;
    std::uint32_t values_checksum = 0;
    std::uint32_t stored_checksum = 0;  ///< of the chunk, as it was handed over
};

/// The note on a field, to be compared with what is read back.
FieldChecksum field_checksum(std::size_t variable, std::size_t level, std::span<const float> values,
                             std::span<const unsigned char> chunk);

/// Where the chunk of a field begins among the variable's dimensions.
std::vector<std::size_t> chunk_start(const Variable& variable, std::size_t level);

/// Reads the finished file back: dimensions and axes must be as planned, every chunk as it was handed over, none may
/// lack. netCDF, which had no hand in writing the fields, reads one of each shape; all of them would take as long as
/// half of the conversion. Throws freshet::Error with the path and what differs.
void verify_file(const std::filesystem::path& path, const FileLayout& layout, const std::vector<FieldChecksum>& fields);

}  // namespace gfs

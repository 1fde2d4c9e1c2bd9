// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "netcdf/chunk_file.hpp"
#include "netcdf/define_file.hpp"
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

/// A field as it is stored.
struct EncodedField {
    std::vector<std::vector<unsigned char>> chunks;  ///< of each tile
    FieldChecksum checksum;
};

/// Rounds a field as the layout says, encodes it and computes its checksums; `level` is the index into the variable's
/// messages, 0 where it has none. Any thread may call it.
EncodedField encode_field(const FileLayout& layout, std::size_t variable, std::size_t level,
                          std::span<const float> values);

/// The indices of the first point of a tile of a variable's field, which is the `message`-th of its messages.
std::vector<std::size_t> chunk_start(const FileLayout& layout, const Variable& variable, std::size_t message,
                                     const Tile& tile = {});

/// Verifies a finished file against its plan: dimensions, axes, and every stored chunk. Of each shape of variable one
/// field is also decoded by netCDF, which had no part in writing it; decoding all would cost half of the conversion's
/// time. Throws freshet::Error with the path and the difference.
void verify_file(const std::filesystem::path& path, const FileLayout& layout, const std::vector<FieldChecksum>& fields);

/// Writes one planned NetCDF file, field by field. Every failure throws freshet::Error with the path and, where there
/// is one, the variable. Until close() the file is incomplete.
class NetcdfWriter {
public:
    /// Creates the file with everything but the fields. `layout` must outlive the writer.
    NetcdfWriter(const std::filesystem::path& path, const FileLayout& layout, const std::vector<Message>& messages,
                 const DatasetInfo& info);

    /// Writes one horizontal field.
    void write(const EncodedField& field);

    /// Completes the file and verifies it.
    void close();

private:
    std::filesystem::path path_;
    const FileLayout& layout_;
    ChunkFile chunks_;
    std::vector<FieldChecksum> checksums_;
};

}  // namespace gfs

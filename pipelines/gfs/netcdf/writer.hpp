// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "netcdf/chunk_file.hpp"
#include "netcdf/define_file.hpp"
#include "netcdf/file_layout.hpp"
#include "netcdf/verify_file.hpp"

#include <filesystem>
#include <optional>
#include <span>
#include <vector>

namespace gfs {

/// A field as it is stored.
struct EncodedField {
    std::vector<std::vector<unsigned char>> chunks;  ///< of each tile
    FieldChecksum checksum;
};

/// Rounds a field as the layout says, encodes it and computes its checksums; `level` is the index into the variable's
/// messages, 0 where it has none. Any thread may call it.
EncodedField encode_field(const FileLayout& layout, std::size_t variable, std::size_t level,
                          std::span<const float> values);

/// Writes one planned NetCDF file, field by field. Every failure throws freshet::Error with the path and, where there
/// is one, the variable. Until close() the file is incomplete.
class NetcdfWriter {
public:
    /// The arguments must outlive the writer. The file is created, with everything but the fields, when the first of
    /// them is there to be written: those after it are decoded in the meantime.
    NetcdfWriter(const std::filesystem::path& path, const FileLayout& layout, const std::vector<Message>& messages,
                 const DatasetInfo& info);

    /// Writes one horizontal field.
    void write(const EncodedField& field);

    /// Completes the file and verifies it.
    void close();

private:
    ChunkFile& file();

    const std::filesystem::path& path_;
    const FileLayout& layout_;
    const std::vector<Message>& messages_;
    const DatasetInfo& info_;
    std::optional<ChunkFile> file_;
    std::vector<FieldChecksum> checksums_;
};

}  // namespace gfs

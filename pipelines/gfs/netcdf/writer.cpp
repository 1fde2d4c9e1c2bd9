// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/writer.hpp"

#include "netcdf/deflate.hpp"

namespace gfs {

namespace {

// HDF5 is let in after netCDF has closed its file: with both at it, the file would be damaged.
ChunkFile create_file(const std::filesystem::path& path, const FileLayout& layout, const std::vector<Message>& messages,
                      const DatasetInfo& info) {
    define_file(path, layout, messages, info);
    return ChunkFile(path);
}

}  // namespace

NetcdfWriter::NetcdfWriter(const std::filesystem::path& path, const FileLayout& layout,
                           const std::vector<Message>& messages, const DatasetInfo& info)
    : path_(path), layout_(layout), chunks_(create_file(path, layout, messages, info)) {}

void NetcdfWriter::write(std::size_t variable, std::size_t level, std::span<const float> values) {
    const Variable& planned = layout_.variables[variable];
    const std::vector<unsigned char> chunk = shuffle_and_deflate(values);
    chunks_.write(planned.name, chunk_start(planned, level), chunk);
    checksums_.push_back(field_checksum(variable, level, values, chunk));
}

void NetcdfWriter::close() {
    chunks_.close();
    verify_file(path_, layout_, checksums_);
}

}  // namespace gfs

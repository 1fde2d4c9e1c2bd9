// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/writer.hpp"

#include "netcdf/deflate.hpp"

namespace gfs {

namespace {

// HDF5 is let in after netCDF has closed its file: with both at it, the file would be damaged.
ChunkFile defined(const std::filesystem::path& path, const Layout& layout, const std::vector<Message>& messages,
                  const DatasetInfo& info) {
    define_file(path, layout, messages, info);
    return ChunkFile(path);
}

}  // namespace

NetcdfWriter::NetcdfWriter(const std::filesystem::path& path, const Layout& layout,
                           const std::vector<Message>& messages, const DatasetInfo& info)
    : path_(path), layout_(layout), chunks_(defined(path, layout, messages, info)) {}

void NetcdfWriter::write(std::size_t variable, std::size_t level, std::span<const float> values) {
    const Variable& planned = layout_.variables[variable];
    const std::vector<unsigned char> chunk = shuffled_and_deflated(values);
    chunks_.write(planned.name, start_of(planned, level), chunk);
    written_.push_back(noted(variable, level, values, chunk));
}

void NetcdfWriter::close() {
    chunks_.close();
    read_back(path_, layout_, written_);
}

}  // namespace gfs

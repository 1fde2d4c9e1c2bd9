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
    : layout_(layout), chunks_(defined(path, layout, messages, info)) {}

void NetcdfWriter::write(std::size_t variable, std::size_t level, std::span<const float> values) {
    const Variable& planned = layout_.variables[variable];
    std::vector<std::uint64_t> start{0};
    if (planned.messages.size() > 1) start.push_back(level);
    start.insert(start.end(), {0, 0});
    chunks_.write(planned.name, start, shuffled_and_deflated(values));
}

}  // namespace gfs

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/writer.hpp"

#include "netcdf/tiles.hpp"

#include <libdeflate.h>

namespace gfs {

EncodedField encode_field(const FileLayout& layout, std::size_t variable, std::size_t level,
                          std::span<const float> values) {
    thread_local std::vector<float> rounded;  // of each field in turn
    if (const std::vector<double>& steps = layout.variables[variable].rounding_steps; !steps.empty())
        values = round_values(values, steps.at(level), rounded);
    const auto encode = layout.variables[variable].is_shuffled() ? &shuffle_and_deflate : &deflate_words;
    EncodedField field{.chunks = {}, .checksum = {variable, level, values_checksum(values)}};
    for (const Tile& tile : field_tiles(layout.grid, layout.chunks)) {
        const bool is_whole = layout.chunks == Chunks::map;
        field.chunks.push_back(encode(is_whole ? values : cut_tile(values, layout.grid, tile)));
        field.checksum.stored_checksum =
            libdeflate_crc32(field.checksum.stored_checksum, field.chunks.back().data(), field.chunks.back().size());
    }
    return field;
}

NetcdfWriter::NetcdfWriter(const std::filesystem::path& path, const FileLayout& layout,
                           const std::vector<Message>& messages, const DatasetInfo& info)
    : path_(path), layout_(layout), messages_(messages), info_(info) {}

void NetcdfWriter::write(const EncodedField& field) {
    const Variable& planned = layout_.variables[field.checksum.variable];
    const std::vector<Tile> tiles = field_tiles(layout_.grid, layout_.chunks);
    for (std::size_t i = 0; i < tiles.size(); ++i)
        file().write(planned.name, chunk_start(layout_, planned, field.checksum.level, tiles[i]), field.chunks[i]);
    checksums_.push_back(field.checksum);
}

void NetcdfWriter::close() {
    file().close();
    verify_file(path_, layout_, checksums_);
}

// HDF5 opens the file after netCDF has closed it: both at once would damage it.
ChunkFile& NetcdfWriter::file() {
    if (!file_) {
        define_file(path_, layout_, messages_, info_);
        file_.emplace(path_);
    }
    return *file_;
}

}  // namespace gfs

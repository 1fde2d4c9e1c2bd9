// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/tiles.hpp"

#include "netcdf/define_file.hpp"

#include <algorithm>

namespace gfs {

std::vector<Tile> field_tiles(const Grid& grid, Chunks chunks) {
    const auto rows = static_cast<std::size_t>(grid.rows), columns = static_cast<std::size_t>(grid.columns);
    if (chunks == Chunks::map) return {{.rows = rows, .columns = columns}};
    // Opening a lead's file costs more than inflating a tile of this size; smaller ones would only be more.
    constexpr std::size_t most_rows = 192, most_columns = 384;
    const std::size_t down = (rows + most_rows - 1) / most_rows, across = (columns + most_columns - 1) / most_columns;
    const Tile extent{.rows = (rows + down - 1) / down, .columns = (columns + across - 1) / across};
    std::vector<Tile> tiles;
    for (std::size_t row = 0; row < rows; row += extent.rows)
        for (std::size_t column = 0; column < columns; column += extent.columns)
            tiles.push_back({.row = row, .column = column, .rows = extent.rows, .columns = extent.columns});
    return tiles;
}

std::vector<std::size_t> chunk_start(const FileLayout& layout, const Variable& variable, std::size_t message,
                                     const Tile& tile) {
    std::vector<std::size_t> start = layout.position(variable, message);
    start.insert(start.begin(), 0);
    start.insert(start.end(), {tile.row, tile.column});
    return start;
}

std::vector<float> cut_tile(std::span<const float> values, const Grid& grid, const Tile& tile) {
    const auto rows = static_cast<std::size_t>(grid.rows), columns = static_cast<std::size_t>(grid.columns);
    const std::size_t width = std::min(tile.columns, columns - tile.column);
    std::vector<float> cut(tile.rows * tile.columns, fill_value);
    for (std::size_t row = 0; row < std::min(tile.rows, rows - tile.row); ++row)
        std::ranges::copy(values.subspan((tile.row + row) * columns + tile.column, width),
                          cut.begin() + static_cast<std::ptrdiff_t>(row * tile.columns));
    return cut;
}

}  // namespace gfs

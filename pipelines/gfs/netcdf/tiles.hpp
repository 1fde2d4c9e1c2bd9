// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "netcdf/file_layout.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace gfs {

/// A part of a field: its first point and its extent, which may reach over the last row and column.
struct Tile {
    std::size_t row = 0;
    std::size_t column = 0;
    std::size_t rows = 0;
    std::size_t columns = 0;
};

/// Returns the tiles of a field, all of one extent, by rows and columns; a single one for Chunks::map.
std::vector<Tile> field_tiles(const Grid& grid, Chunks chunks);

/// The indices of the first point of a tile of a variable's field, which is the `message`-th of its messages.
std::vector<std::size_t> chunk_start(const FileLayout& layout, const Variable& variable, std::size_t message,
                                     const Tile& tile = {});

/// The values of a tile, by rows. Points beyond the grid are missing.
std::vector<float> cut_tile(std::span<const float> values, const Grid& grid, const Tile& tile);

}  // namespace gfs

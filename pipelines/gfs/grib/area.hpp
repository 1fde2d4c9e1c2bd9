// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/grid.hpp"

#include "freshet/codec.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// A rectangle of latitudes and longitudes in degrees, including its edges. West is the smaller longitude, also where
/// the area lies across the date line (170 ... 190) or Greenwich (-10 ... 10).
struct Area {
    double west = -180;
    double east = 180;
    double south = -90;
    double north = 90;

    /// Parses "west,east,south,north", the order of cdo's sellonlatbox. Throws ParameterError for anything else.
    static Area parse(std::string_view text);
    /// Formats for parse().
    std::string text() const;

    friend bool operator==(const Area&, const Area&) = default;
};

/// Cuts an area out of fields on one grid. Points keep their order, except across a seam of the grid inside the area.
class Crop {
public:
    /// Keeps the whole grid without an area. Throws freshet::Error when no point of the grid lies in the area, or where
    /// the grid is a map projection, on which the area is no rectangle.
    Crop(const Grid& whole, const std::optional<Area>& area);

    /// The grid of the part.
    const Grid& grid() const { return part_; }
    /// Reduces values of the whole grid, row by row, to those of the part.
    std::vector<float> apply(std::vector<float> values) const;

private:
    void crop_rows(const Area& area);
    void crop_columns(const Area& area);

    Grid whole_;
    Grid part_;
    std::size_t first_row_ = 0;
    std::size_t first_column_ = 0;  ///< the first column follows the last
};

}  // namespace gfs

template <>
struct freshet::Codec<gfs::Area> {
    static constexpr std::string_view example = "-10,30,35,70";
    static std::string write(const gfs::Area& area) { return area.text(); }
    static gfs::Area read(std::string_view text) { return gfs::Area::parse(text); }
};

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/codec.hpp"

#include <string>
#include <string_view>

namespace gfs {

/// A rectangle of latitudes and longitudes, in degrees, its edges inside. West is the smaller longitude, also where the
/// area lies across the date line (170 ... 190) or Greenwich (-10 ... 10).
struct Area {
    double west = -180;
    double east = 180;
    double south = -90;
    double north = 90;

    /// "west,east,south,north", in the order of cdo's sellonlatbox. Throws ParameterError when it is no such rectangle.
    static Area parse(std::string_view text);
    /// What parse() reads again as the same value.
    std::string text() const;

    friend bool operator==(const Area&, const Area&) = default;
};

}  // namespace gfs

template <>
struct freshet::Codec<gfs::Area> {
    static constexpr std::string_view example = "-10,30,35,70";
    static std::string write(const gfs::Area& area) { return area.text(); }
    static gfs::Area read(std::string_view text) { return gfs::Area::parse(text); }
};

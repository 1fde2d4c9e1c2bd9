// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/grid.hpp"

#include <vector>

namespace gfs {

/// A position on the Earth, in degrees; longitudes from -180 to 180.
struct Position {
    double latitude = 0;
    double longitude = 0;
};

/// A position on a map, in metres.
struct MapPoint {
    double x = 0;
    double y = 0;
};

/// The plane of a Lambert conformal, a polar stereographic or a Mercator map of a sphere or an ellipsoid: J. P. Snyder,
/// Map Projections - A Working Manual, USGS Professional Paper 1395 (1987), pages 107 to 109, 160 to 162 and 44. The
/// polar map is the limit of Lambert's whose cone is a plane.
class MapProjection {
public:
    /// Throws freshet::Error for other grids, and for parallels that define no cone.
    explicit MapProjection(const Grid& grid);

    MapPoint forward(Position position) const;
    Position inverse(MapPoint point) const;

private:
    double radius(double latitude) const;  ///< the radius of the parallel's arc on the map

    bool is_cylinder_;  ///< Mercator's
    double eccentricity_;
    double hemisphere_sign_;  ///< -1 for a map centred on the South Pole, computed as a mirrored northern one
    double central_longitude_;
    double cone_constant_ = 0;  ///< Snyder's n
    double scale_;              ///< Snyder's a F; the radius of Mercator's equator
    double origin_radius_ = 0;  ///< radius at the latitude of the map's origin
};

/// A globe whose North Pole lies elsewhere.
class RotatedGlobe {
public:
    /// The pole's position in geographic degrees. The rotated meridian of 0 goes through it from the south.
    explicit RotatedGlobe(Position north_pole);

    Position to_rotated(Position geographic) const;
    Position to_geographic(Position rotated) const;

private:
    double pole_sine_;
    double pole_cosine_;
    double meridian_;  ///< geographic longitude of the rotated meridian of 0, in degrees
};

/// The x coordinates of a projected grid's columns, in the file's order; a rotated grid's own longitudes.
std::vector<double> projection_x_coordinates(const Grid& grid);
/// The y coordinates of its rows; a rotated grid's own latitudes.
std::vector<double> projection_y_coordinates(const Grid& grid);
/// The positions of its points, row by row.
std::vector<Position> positions(const Grid& grid);

}  // namespace gfs

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

/// The plane of a Lambert conformal or a polar stereographic map of a sphere or an ellipsoid: J. P. Snyder, Map
/// Projections - A Working Manual, USGS Professional Paper 1395 (1987), pages 107 to 109 and 160 to 162. The polar map
/// is the limit of Lambert's whose cone is a plane.
class MapProjection {
public:
    /// Throws freshet::Error for other grids, and for parallels that define no cone.
    explicit MapProjection(const Grid& grid);

    MapPoint forward(Position position) const;
    Position inverse(MapPoint point) const;

private:
    double radius(double latitude) const;  ///< the radius of the parallel's arc on the map

    double eccentricity_;
    double hemisphere_sign_;  ///< -1 for a map centred on the South Pole, computed as a mirrored northern one
    double central_longitude_;
    double cone_constant_;  ///< Snyder's n
    double scale_;          ///< Snyder's a F
    double origin_radius_;  ///< radius at the latitude of the map's origin
};

/// The x coordinates of a projected grid's columns, in the file's order.
std::vector<double> projection_x_coordinates(const Grid& grid);
/// The y coordinates of its rows.
std::vector<double> projection_y_coordinates(const Grid& grid);
/// The positions of its points, row by row.
std::vector<Position> positions(const Grid& grid);

}  // namespace gfs

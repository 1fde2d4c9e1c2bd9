// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/projection.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

namespace gfs {

namespace {

constexpr double right_angle = std::numbers::pi / 2;

double radians(double degrees) { return degrees * std::numbers::pi / 180; }
double degrees(double radians) { return radians * 180 / std::numbers::pi; }

double eccentricity_of(const Earth& earth) {
    const double ratio = earth.semi_minor / earth.semi_major;
    return std::sqrt(1 - ratio * ratio);
}

// The ellipsoid's part of equations 15-9 and 7-9.
double flattening_factor(double latitude, double e) {
    const double part = e * std::sin(latitude);
    return std::pow((1 - part) / (1 + part), e / 2);
}

// Equation 15-9: the tangent of half the distance to the pole, on the conformal sphere.
double snyder_t(double latitude, double e) {
    return std::tan((right_angle - latitude) / 2) / flattening_factor(latitude, e);
}

// Equation 14-15: the radius of the parallel, in units of the equator's.
double snyder_m(double latitude, double e) {
    const double part = e * std::sin(latitude);
    return std::cos(latitude) / std::sqrt(1 - part * part);
}

// Equation 7-9, repeated until nothing changes; four or five times for the Earth.
double latitude_from_t(double t, double e) {
    double latitude = right_angle - 2 * std::atan(t);
    if (e == 0) return latitude;
    for (int i = 0; i < 20; ++i) {
        const double next = right_angle - 2 * std::atan(t * flattening_factor(latitude, e));
        const bool is_exact = next == latitude;
        latitude = next;
        if (is_exact) break;
    }
    return latitude;
}

double normalize_longitude(double longitude) { return longitude - 360 * std::floor((longitude + 180) / 360); }

// Equation 15-8; where the cone touches instead of cutting, the sine of that latitude.
double cone_constant(const Projection& projection, double e) {
    const double first = radians(projection.first_parallel);
    const double second = radians(projection.second_parallel);
    if (projection.first_parallel == projection.second_parallel) return std::sin(first);
    return (std::log(snyder_m(first, e)) - std::log(snyder_m(second, e))) /
           (std::log(snyder_t(first, e)) - std::log(snyder_t(second, e)));
}

// Equations 21-33 and 21-34, for a radius of 1.
double polar_scale(double true_latitude, double e) {
    constexpr double pole = 90 - 1e-9;
    if (true_latitude >= pole) return 2 / std::sqrt(std::pow(1 + e, 1 + e) * std::pow(1 - e, 1 - e));
    return snyder_m(radians(true_latitude), e) / snyder_t(radians(true_latitude), e);
}

std::vector<double> steps(double first, double step, int count) {
    std::vector<double> values(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = first + step * static_cast<double>(i);
    return values;
}

MapPoint first_point(const Grid& grid) {
    return MapProjection(grid).forward({.latitude = grid.first_latitude, .longitude = grid.first_longitude});
}

}  // namespace

MapProjection::MapProjection(const Grid& grid)
    : is_cylinder_(grid.kind == GridKind::mercator),
      eccentricity_(eccentricity_of(grid.earth)),
      hemisphere_sign_(1),
      central_longitude_(grid.projection.central_longitude) {
    const Projection& projection = grid.projection;
    if (grid.kind == GridKind::polar_stereographic) {
        hemisphere_sign_ = projection.is_south ? -1 : 1;
        cone_constant_ = 1;
        scale_ = grid.earth.semi_major * polar_scale(std::abs(projection.true_latitude), eccentricity_);
        return;
    }
    if (is_cylinder_) {
        scale_ = grid.earth.semi_major * snyder_m(radians(projection.true_latitude), eccentricity_);
        return;
    }
    if (grid.kind != GridKind::lambert) throw freshet::Error("its grid is not on a map");
    cone_constant_ = cone_constant(projection, eccentricity_);
    if (std::abs(cone_constant_) < 1e-6) {
        throw freshet::Error(fmt::format("there is no cone through its parallels {} and {}", projection.first_parallel,
                                         projection.second_parallel));
    }
    const double first = radians(projection.first_parallel);
    scale_ = grid.earth.semi_major * snyder_m(first, eccentricity_) /
             (cone_constant_ * std::pow(snyder_t(first, eccentricity_), cone_constant_));
    origin_radius_ = radius(radians(projection.true_latitude));
}

double MapProjection::radius(double latitude) const {
    return scale_ * std::pow(snyder_t(latitude, eccentricity_), cone_constant_);
}

MapPoint MapProjection::forward(Position position) const {
    const double from_centre = normalize_longitude(position.longitude - central_longitude_);
    if (is_cylinder_)
        return {.x = scale_ * radians(from_centre),
                .y = -scale_ * std::log(snyder_t(radians(position.latitude), eccentricity_))};
    const double r = radius(hemisphere_sign_ * radians(position.latitude));
    const double angle = cone_constant_ * hemisphere_sign_ * radians(from_centre);
    return {.x = hemisphere_sign_ * r * std::sin(angle),
            .y = hemisphere_sign_ * (origin_radius_ - r * std::cos(angle))};
}

Position MapProjection::inverse(MapPoint point) const {
    if (is_cylinder_)
        return {.latitude = degrees(latitude_from_t(std::exp(-point.y / scale_), eccentricity_)),
                .longitude = normalize_longitude(central_longitude_ + degrees(point.x / scale_))};
    const double sign = cone_constant_ < 0 ? -1 : 1;
    const double right = sign * hemisphere_sign_ * point.x;
    const double down = sign * (origin_radius_ - hemisphere_sign_ * point.y);
    const double t = std::pow(std::hypot(right, down) / std::abs(scale_), 1 / cone_constant_);
    const double longitude = central_longitude_ + hemisphere_sign_ * degrees(std::atan2(right, down)) / cone_constant_;
    return {.latitude = hemisphere_sign_ * degrees(latitude_from_t(t, eccentricity_)),
            .longitude = normalize_longitude(longitude)};
}

RotatedGlobe::RotatedGlobe(Position north_pole)
    : pole_sine_(std::sin(radians(north_pole.latitude))),
      pole_cosine_(std::cos(radians(north_pole.latitude))),
      meridian_(north_pole.longitude - 180) {}

Position RotatedGlobe::to_rotated(Position geographic) const {
    const double latitude = radians(geographic.latitude), longitude = radians(geographic.longitude - meridian_);
    const double to_meridian = std::cos(latitude) * std::cos(longitude);
    return {.latitude = degrees(std::asin(pole_sine_ * std::sin(latitude) - pole_cosine_ * to_meridian)),
            .longitude = degrees(std::atan2(std::cos(latitude) * std::sin(longitude),
                                            pole_sine_ * to_meridian + pole_cosine_ * std::sin(latitude)))};
}

Position RotatedGlobe::to_geographic(Position rotated) const {
    const double latitude = radians(rotated.latitude), longitude = radians(rotated.longitude);
    const double to_meridian = std::cos(latitude) * std::cos(longitude);
    const double eastward = degrees(std::atan2(std::cos(latitude) * std::sin(longitude),
                                               pole_sine_ * to_meridian - pole_cosine_ * std::sin(latitude)));
    return {.latitude = degrees(std::asin(pole_sine_ * std::sin(latitude) + pole_cosine_ * to_meridian)),
            .longitude = normalize_longitude(meridian_ + eastward)};
}

std::vector<double> projection_x_coordinates(const Grid& grid) {
    if (grid.kind == GridKind::rotated) return longitudes(grid);
    return steps(first_point(grid).x, grid.goes_west ? -grid.projection.dx : grid.projection.dx, grid.columns);
}

std::vector<double> projection_y_coordinates(const Grid& grid) {
    if (grid.kind == GridKind::rotated) return latitudes(grid);
    return steps(first_point(grid).y, grid.goes_north ? grid.projection.dy : -grid.projection.dy, grid.rows);
}

std::vector<Position> positions(const Grid& grid) {
    std::vector<Position> result;
    result.reserve(grid.size());
    const std::vector<double> columns = projection_x_coordinates(grid), rows = projection_y_coordinates(grid);
    const auto add_points = [&](auto position_of) {
        for (const double y : rows)
            for (const double x : columns) result.push_back(position_of(x, y));
    };
    if (grid.kind == GridKind::rotated) {
        const RotatedGlobe globe({grid.projection.pole_latitude, grid.projection.pole_longitude});
        add_points([&](double x, double y) { return globe.to_geographic({.latitude = y, .longitude = x}); });
    } else {
        const MapProjection projection(grid);
        add_points([&](double x, double y) { return projection.inverse({.x = x, .y = y}); });
    }
    return result;
}

}  // namespace gfs

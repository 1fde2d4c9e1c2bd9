// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/synthetic_weather.hpp"

#include "simulator/noise.hpp"
#include "simulator/waves.hpp"

#include <algorithm>
#include <cmath>

namespace gfs::simulator {
namespace {

constexpr double turn = 2 * std::numbers::pi;
constexpr double days_in_a_year = 365.2425;
constexpr double drift = 0.35 * Grid::degree;  // of the small-scale variation, per hour

/// A gaussian of height 1 around `centre`, in degrees.
double gaussian(double degrees, double centre, double extent) {
    const double x = (degrees - centre) / extent;
    return std::exp(-x * x);
}

float percent(double value) { return static_cast<float>(std::clamp(value, 0.0, 100.0)); }

/// What depends on latitude and time only.
struct Zone {
    double pressure;     ///< Pa: subtropical highs, subpolar lows
    double temperature;  ///< K at sea level
    double humidity;
    double season;                       ///< 1 at the height of the hemisphere's summer, -1 in its winter
    double sun_constant, sun_amplitude;  ///< cosine of the zenith angle = constant + amplitude * cos(hour angle)
};

Zone zone_at(double latitude, double hours) {
    const double degrees = latitude / Grid::degree, away = std::abs(degrees);
    const double year = turn * (hours / 24 / days_in_a_year - 0.22);  // 0 about the 21st of March
    const double declination = 23.44 * Grid::degree * std::sin(year);
    const double season = std::sin(latitude) * std::sin(year - 0.5);  // a month behind the sun
    return {.pressure = 101100 + 900 * gaussian(away, 31, 12) - 1100 * gaussian(degrees, -64, 12) -
                        500 * gaussian(degrees, 62, 12),
            .temperature = 300.5 - 46 * std::pow(std::sin(latitude), 2) - 14 * gaussian(degrees, -90, 25) + 8 * season,
            .humidity = 68 + 14 * gaussian(degrees, 5, 9) - 22 * gaussian(away, 25, 9) + 10 * gaussian(away, 60, 14),
            .season = season,
            .sun_constant = std::sin(latitude) * std::sin(declination),
            .sun_amplitude = std::cos(latitude) * std::cos(declination)};
}

/// Everything at a place but the wind.
Point point_at(const Zone& zone, const Waves::Value& wave, Point point, double hour_angle) {
    const double texture = point.texture;
    point.sun = static_cast<float>(std::max(0.0, zone.sun_constant + zone.sun_amplitude * std::cos(hour_angle)));
    point.pressure = static_cast<float>(zone.pressure + 2600 * wave.pressure + 40 * texture);
    // The warmest hour comes two hours after noon; the sea hardly notices the day or the season.
    const double day = zone.sun_amplitude * std::cos(hour_angle - turn / 12) * (5 * point.land + 0.3);
    point.temperature = static_cast<float>(zone.temperature + 6 * wave.warmth + day + 1.2 * texture +
                                           7 * zone.season * point.land - 0.0062 * point.height);
    point.humidity = std::max(4.0F, percent(zone.humidity + 9 * wave.warmth - 8 * wave.pressure + 16 * texture -
                                            14 * point.land - 12 * point.sun * point.land + 14 * point.rain));
    const double lift = point.humidity - 62 - 14 * wave.pressure;
    point.low = percent(1.4 * lift + 34 * texture + 40 * point.rain);
    point.middle = percent(1.6 * lift - 12 - 40 * texture + 60 * point.rain);
    point.high = percent(25 + 40 * wave.warmth - 20 * wave.pressure + 45 * texture + 50 * point.rain);
    return point;
}

}  // namespace

Weather::Weather(const Grid& grid)
    : grid_(grid), texture_(fractal_noise_field(grid, 11, 6, 5)), rain_(grid, fractal_noise_field(grid, 23, 5, 5)) {
    for (const float relief : fractal_noise_field(grid, 42, 1.6, 6)) {
        // A third of the globe rises out of the sea.
        const float above = relief - 0.22F;
        land_.push_back(above > 0 ? 1.0F : 0.0F);
        height_.push_back(above > 0 ? 3200 * above * above + 300 * above : 0.0F);
    }
}

float Weather::texture_at(std::size_t row, std::size_t column, double hours) const {
    const double shift = std::fmod(drift * hours, turn) / (grid_.column_step() * Grid::degree);
    const double from = static_cast<double>(column + grid_.columns) - shift;
    const double floor = std::floor(from);
    const auto part = static_cast<float>(from - floor);
    const auto left = static_cast<std::size_t>(floor) % grid_.columns;
    const float* const line = &texture_[row * grid_.columns];
    return line[left] * (1 - part) + line[(left + 1) % grid_.columns] * part;
}

std::vector<Point> Weather::at(double hours) const {
    const Waves waves(grid_, hours);
    const auto rain = rain_.hourly_rate(hours, RainKind::all);
    const double noon = turn * (0.5 - hours / 24);  // the longitude where the sun is highest
    std::vector<Point> points;
    points.reserve(grid_.size());
    for (std::size_t row = 0; row < grid_.rows; ++row) {
        const auto zone = zone_at(grid_.latitude(row), hours);
        const auto line = waves.row(row);
        for (std::size_t column = 0; column < grid_.columns; ++column) {
            const auto i = row * grid_.columns + column;
            Point point{};
            point.rain = rain[i];
            point.height = height_[i];
            point.land = land_[i];
            point.texture = texture_at(row, column, hours);
            points.push_back(point_at(zone, line[column], point, grid_.longitude(column) - noon));
        }
    }
    add_winds(points);
    return points;
}

void Weather::add_winds(std::vector<Point>& points) const {
    constexpr double earth_radius = 6371229, rotation = 7.292e-5, density = 1.2;
    const double dy = 2 * grid_.row_step() * Grid::degree * earth_radius;
    for (std::size_t row = 0; row < grid_.rows; ++row) {
        const double latitude = grid_.latitude(row), degrees = latitude / Grid::degree;
        const double coriolis = 2 * rotation * std::sin(latitude);
        // 1/f of the geostrophic balance, which fades out where there is none: near the equator.
        const double balance = coriolis / (coriolis * coriolis + 9e-10) / density;
        const double parallel = std::max(0.12, std::cos(latitude));
        const double dx = 2 * grid_.column_step() * Grid::degree * earth_radius * parallel;
        const double trades = gaussian(degrees, 0, 20), calm = std::cos(latitude);
        const auto north = (row == 0 ? 0 : row - 1) * grid_.columns;
        const auto south = (row + 1 == grid_.rows ? row : row + 1) * grid_.columns;
        const auto here = row * grid_.columns;
        for (std::size_t column = 0; column < grid_.columns; ++column) {
            const auto east = here + (column + 1) % grid_.columns,
                       west = here + (column + grid_.columns - 1) % grid_.columns;
            const double slope_x = (points[east].pressure - points[west].pressure) / dx;
            const double slope_y = (points[north + column].pressure - points[south + column].pressure) / dy;
            auto& point = points[here + column];
            const double drag = point.land > 0 ? 0.45 : 0.75;
            point.u = static_cast<float>(drag * (-balance * slope_y * calm - 7 * trades) + 0.8 * point.texture * calm);
            point.v = static_cast<float>(drag * (balance * slope_x * calm - 0.25 * degrees * trades));
        }
    }
}

}  // namespace gfs::simulator

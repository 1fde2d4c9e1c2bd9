// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/synthetic_weather.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace gfs::simulator {
namespace {

/// A pseudo-random number in [0, 1), the same for the same key.
double hash_to_unit(std::uint64_t key) {
    // splitmix64's finaliser: every bit of the key changes half of the result's.
    key = (key ^ key >> 30) * 0xBF58476D1CE4E5B9U;
    key = (key ^ key >> 27) * 0x94D049BB133111EBU;
    key ^= key >> 31;
    return static_cast<double>(key >> 11) * 0x1p-53;
}

/// The sines of Gaussian latitudes are the zeros of the Legendre polynomial of that degree, which Newton's method finds
/// from an estimate to the last digit.
double gaussian_latitude(std::size_t row, std::size_t rows) {
    const auto degree = static_cast<double>(rows);
    double sine = std::cos(std::numbers::pi * (static_cast<double>(row) + 0.75) / (degree + 0.5));
    for (int step = 0; step < 5; ++step) {
        double previous = 1, value = sine;
        for (double j = 2; j <= degree; ++j) {
            const double next = ((2 * j - 1) * sine * value - (j - 1) * previous) / j;
            previous = value;
            value = next;
        }
        sine -= value * (sine * sine - 1) / (degree * (sine * value - previous));
    }
    return std::asin(sine);
}

using Point3 = std::array<double, 3>;

double smooth_step(double x) { return x * x * (3 - 2 * x); }

/// Value noise: random numbers at integer coordinates with smooth interpolation.
double value_noise(const Point3& at, std::uint64_t seed) {
    std::array<std::int64_t, 3> corner{};
    Point3 part{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double floor = std::floor(at[axis]);
        corner[axis] = static_cast<std::int64_t>(floor);
        part[axis] = smooth_step(at[axis] - floor);
    }
    double value = 0;
    for (unsigned bits = 0; bits < 8; ++bits) {
        double weight = 1;
        std::uint64_t key = seed;
        for (unsigned axis = 0; axis < 3; ++axis) {
            const unsigned is_upper = bits >> axis & 1;
            weight *= is_upper ? part[axis] : 1 - part[axis];
            key = key * 0x9E3779B97F4A7C15U + static_cast<std::uint64_t>(corner[axis] + is_upper);
        }
        value += weight * hash_to_unit(key);
    }
    return 2 * value - 1;
}

double fractal_noise(const Point3& at, std::uint64_t seed, double features, int octaves) {
    double value = 0, amplitude = 1;
    for (int octave = 0; octave < octaves; ++octave, amplitude *= 0.55, features *= 2) {
        const auto octave_seed = seed + static_cast<std::uint64_t>(octave);
        value += amplitude * value_noise({at[0] * features, at[1] * features, at[2] * features}, octave_seed);
    }
    return value;
}

/// Fractal noise around 0, mostly within 1, on the sphere without seams. `features` is the number of the coarsest bumps
/// along an axis of the globe.
std::vector<float> fractal_noise_field(const Grid& grid, std::uint64_t seed, double features, int octaves) {
    std::vector<float> field;
    field.reserve(grid.size());
    for (std::size_t row = 0; row < grid.rows; ++row) {
        const double latitude = grid.latitude(row);
        for (std::size_t column = 0; column < grid.columns; ++column) {
            const double longitude = grid.longitude(column);
            const Point3 at{std::cos(latitude) * std::cos(longitude), std::cos(latitude) * std::sin(longitude),
                            std::sin(latitude)};
            field.push_back(static_cast<float>(fractal_noise(at, seed, features, octaves)));
        }
    }
    return field;
}

/// Planetary and synoptic waves at one time: they form highs and lows, with warm air ahead of the lows.
class Waves {
public:
    /// Computes the waves at hours since 1970.
    Waves(const Grid& grid, double hours);

    struct Value {
        float pressure;  ///< roughly within -2 and 2
        float warmth;    ///< a quarter of a wave ahead
    };
    /// The waves along one row.
    std::vector<Value> row(std::size_t row) const;

private:
    struct Wave {
        double latitude;  ///< radians, where its amplitude is greatest
        double extent;    ///< to each side
        double tilt;      ///< turns of phase per radian of latitude
        double amplitude;
        std::vector<float> cosine;  ///< along the parallel
        std::vector<float> sine;
    };

    Grid grid_;
    std::vector<Wave> waves_;
};

/// The position and motion of a wave, in degrees and degrees per day.
struct WaveSpec {
    int number;  ///< crests around the globe
    double latitude;
    double extent;
    double speed;
    double amplitude;
    double tilt;
};

constexpr WaveSpec wave_specs[] = {
    {1, 60, 18, 2, 0.5, 0.8},    {2, 58, 16, 3, 0.5, 1.1},   {4, 52, 13, 7, 0.45, -1.4}, {6, 46, 11, 10, 0.55, -1.9},
    {9, 43, 9, 13, 0.4, -2.3},   {13, 50, 8, 15, 0.25, 2.0}, {1, -58, 17, 4, 0.4, -0.7}, {3, -55, 15, 8, 0.5, 1.6},
    {5, -50, 12, 11, 0.6, 2.1},  {7, -54, 11, 13, 0.6, 2.4}, {11, -46, 9, 15, 0.4, 2.6}, {5, 8, 12, -6, 0.12, 0.5},
    {8, -10, 11, -7, 0.1, -0.5},
};

constexpr double hours_in_a_day = 24;

Waves::Waves(const Grid& grid, double hours) : grid_(grid) {
    for (const auto& spec : wave_specs) {
        Wave wave{.latitude = spec.latitude * Grid::degree,
                  .extent = spec.extent * Grid::degree,
                  .tilt = spec.tilt,
                  .amplitude = spec.amplitude,
                  .cosine = {},
                  .sine = {}};
        const double moved = spec.speed * Grid::degree * hours / hours_in_a_day;
        for (std::size_t column = 0; column < grid.columns; ++column) {
            const double phase = spec.number * (grid.longitude(column) - moved) + spec.latitude;
            wave.cosine.push_back(static_cast<float>(std::cos(phase)));
            wave.sine.push_back(static_cast<float>(std::sin(phase)));
        }
        waves_.push_back(std::move(wave));
    }
}

std::vector<Waves::Value> Waves::row(std::size_t row) const {
    std::vector<Value> values(grid_.columns, Value{0, 0});
    const double latitude = grid_.latitude(row);
    for (const auto& wave : waves_) {
        const double y = (latitude - wave.latitude) / wave.extent;
        // At the poles all longitudes are one place, so no wave may reach them.
        const double amplitude = wave.amplitude * std::exp(-y * y / 2) * std::cos(latitude);
        const auto c = static_cast<float>(amplitude * std::cos(wave.tilt * latitude));
        const auto s = static_cast<float>(amplitude * std::sin(wave.tilt * latitude));
        for (std::size_t i = 0; i < values.size(); ++i) {
            values[i].pressure += c * wave.cosine[i] - s * wave.sine[i];
            values[i].warmth += c * wave.sine[i] + s * wave.cosine[i];
        }
    }
    return values;
}

constexpr std::size_t area_count = 90;
constexpr double turn = 2 * std::numbers::pi;
/// Widths beyond which an area contributes less than a packed value can show.
constexpr double reach = 4;

/// Normalises an angle to between minus and plus half a turn.
double wrapped(double angle) { return angle - turn * std::round(angle / turn); }

double random_between(std::uint64_t key, double low, double high) { return low + (high - low) * hash_to_unit(key); }

constexpr double days_in_a_year = 365.2425;
constexpr double drift = 0.35 * Grid::degree;  // small-scale variation, per hour

/// A gaussian of height 1 around `centre`, in degrees.
double gaussian(double degrees, double centre, double extent) {
    const double x = (degrees - centre) / extent;
    return std::exp(-x * x);
}

float percent(double value) { return static_cast<float>(std::clamp(value, 0.0, 100.0)); }

/// Zonal quantities: they depend on latitude and time only.
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

/// Computes everything at a place except the wind.
Point point_at(const Zone& zone, const Waves::Value& wave, Point point, double hour_angle) {
    const double texture = point.texture;
    point.sun = static_cast<float>(std::max(0.0, zone.sun_constant + zone.sun_amplitude * std::cos(hour_angle)));
    point.pressure = static_cast<float>(zone.pressure + 2600 * wave.pressure + 40 * texture);
    // The warmest hour is two hours after noon; the sea hardly varies with the day or the season.
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

double Grid::latitude(std::size_t row) const {
    if (is_gaussian) return gaussian_latitude(row, rows);
    return (90.0 - static_cast<double>(row) * row_step()) * degree;
}

double Rain::Area::profile(double east_of_centre) const {
    const double x = wrapped(east_of_centre) / width;
    return std::abs(x) > reach ? 0 : peak * std::exp(-x * x / 2);
}

/// The integral of profile() while the centre moves on by `distance` at the area's speed.
double Rain::Area::profile_integral(double east_of_centre, double distance) const {
    const double scale = 1 / (width * std::numbers::sqrt2);
    const double start = wrapped(east_of_centre);
    double sum = 0;
    for (const double image : {start - turn, start, start + turn}) {
        sum += std::erf(image * scale) - std::erf((image - distance) * scale);
    }
    return peak * width * std::sqrt(std::numbers::pi / 2) / speed * sum;
}

Rain::Area Rain::synthetic_area(std::size_t index) {
    const auto key = (std::uint64_t{index} + 1) * 0x51ED2701;
    const bool is_tropical = index % 3 == 0;
    const double side = index % 2 == 0 ? 1 : -1;
    const double latitude = is_tropical ? random_between(key, -14, 16) : side * random_between(key, 28, 68);
    // Tropical disturbances drift west with the trades, the others east with the jet.
    const double speed = is_tropical ? -random_between(key + 1, 0.1, 0.35) : random_between(key + 1, 0.25, 0.8);
    return {.latitude = latitude * Grid::degree,
            .longitude = random_between(key + 2, 0, turn),
            .speed = speed * Grid::degree,
            .width = random_between(key + 3, 2, 9) * Grid::degree,
            .height = random_between(key + 4, 1.5, 4) * Grid::degree,
            .peak = random_between(key + 5, 0.3, is_tropical ? 5 : 2.5),
            .convective = is_tropical ? random_between(key + 6, 0.5, 0.95) : random_between(key + 6, 0.05, 0.4)};
}

Rain::Rain(const Grid& grid, const std::vector<float>& pattern) : grid_(grid) {
    std::ranges::transform(pattern, std::back_inserter(strength_),
                           [](float value) { return std::max(0.0F, 0.8F + 1.6F * value); });
    for (std::size_t i = 0; i < area_count; ++i) areas_.push_back(synthetic_area(i));
}

template <typename Profile>
std::vector<float> Rain::sum_over_areas(RainKind kind, Profile profile) const {
    std::vector<float> sum(grid_.size());
    std::vector<float> along(grid_.columns);
    for (const auto& area : areas_) {
        const double share = kind == RainKind::all ? 1 : area.convective;
        for (std::size_t column = 0; column < grid_.columns; ++column) {
            along[column] = static_cast<float>(share * profile(area, grid_.longitude(column)));
        }
        for (std::size_t row = 0; row < grid_.rows; ++row) {
            const double y = (grid_.latitude(row) - area.latitude) / area.height;
            if (std::abs(y) > reach) continue;
            const auto weight = static_cast<float>(std::exp(-y * y / 2));
            float* const out = &sum[row * grid_.columns];
            for (std::size_t column = 0; column < grid_.columns; ++column) out[column] += weight * along[column];
        }
    }
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] *= strength_[i];
    return sum;
}

std::vector<float> Rain::amount(double from, double to, RainKind kind) const {
    return sum_over_areas(kind, [=](const Area& area, double longitude) {
        return area.profile_integral(longitude - area.longitude - area.speed * from, area.speed * (to - from));
    });
}

std::vector<float> Rain::hourly_rate(double at, RainKind kind) const {
    return sum_over_areas(kind, [=](const Area& area, double longitude) {
        return area.profile(longitude - area.longitude - area.speed * at);
    });
}

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

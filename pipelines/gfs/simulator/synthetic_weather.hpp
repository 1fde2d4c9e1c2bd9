// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <numbers>
#include <vector>

namespace gfs::simulator {

/// A grid over the globe as GFS scans it: from north to south, each row from 0 degrees east. Rows are equidistant from
/// pole to pole, or those of a Gaussian grid: an even number, of which none is at a pole.
struct Grid {
    std::size_t columns = 1440;
    std::size_t rows = 721;
    bool is_gaussian = false;

    std::size_t size() const { return columns * rows; }
    double column_step() const { return 360.0 / static_cast<double>(columns); }
    /// The mean distance of two rows.
    double row_step() const { return 180.0 / static_cast<double>(is_gaussian ? rows : rows - 1); }
    /// The angles of rows and columns are in radians.
    double latitude(std::size_t row) const;
    double longitude(std::size_t column) const { return static_cast<double>(column) * column_step() * degree; }

    static constexpr double degree = std::numbers::pi / 180;

    friend bool operator==(const Grid&, const Grid&) = default;
};

/// Kinds of rain.
enum class RainKind { all, convective };

/// Areas of rain that travel along their parallels. Sums over time are exact, so that amounts of adjacent intervals add
/// up. Times are hours since 1970; amounts are kg m-2.
class Rain {
public:
    /// `pattern` is the deviation of local rain from the average, which is 0.
    Rain(const Grid& grid, const std::vector<float>& pattern);

    /// The amount between two times.
    std::vector<float> amount(double from, double to, RainKind kind) const;
    /// The rate at one time, per hour.
    std::vector<float> hourly_rate(double at, RainKind kind) const;

private:
    struct Area {
        double latitude;    ///< radians, as all angles
        double longitude;   ///< the centre at time 0
        double speed;       ///< per hour, eastward
        double width;       ///< along the parallel
        double height;      ///< along the meridian
        double peak;        ///< kg m-2 per hour in the centre
        double convective;  ///< share

        double profile(double east_of_centre) const;
        double profile_integral(double east_of_centre, double speed_times_hours) const;
    };

    static Area synthetic_area(std::size_t index);
    template <typename Profile>
    std::vector<float> sum_over_areas(RainKind kind, Profile profile) const;

    Grid grid_;
    std::vector<float> strength_;  ///< local factor, not negative
    std::vector<Area> areas_;
};

/// The synthetic weather near the ground at one place and time, in GRIB's units; fields are formulas over it.
struct Point {
    float pressure;           ///< at mean sea level, Pa
    float u, v;               ///< wind at 10 m, m s-1
    float temperature;        ///< at 2 m, K
    float humidity;           ///< relative, at 2 m, percent
    float low, middle, high;  ///< clouds, percent
    float rain;               ///< kg m-2 in an hour
    float sun;                ///< cosine of the zenith angle; 0 at night
    float height;             ///< elevation, m
    float land;               ///< 1 on land, 0 at sea
    float texture;            ///< small-scale variation around 0
};

/// A deterministic atmosphere: jets with travelling highs and lows, trade winds, seasons, days and nights, land and
/// sea. A function of time alone, so that different cycles forecast the same weather.
class Weather {
public:
    explicit Weather(const Grid& grid);

    /// The weather at every point, at hours since 1970.
    std::vector<Point> at(double hours) const;
    const Rain& rain() const { return rain_; }
    const Grid& grid() const { return grid_; }

private:
    /// The small-scale variation, which drifts east uniformly.
    float texture_at(std::size_t row, std::size_t column, double hours) const;
    void add_winds(std::vector<Point>& points) const;

    Grid grid_;
    std::vector<float> texture_;
    std::vector<float> height_;  ///< m; 0 at sea
    std::vector<float> land_;
    Rain rain_;
};

}  // namespace gfs::simulator

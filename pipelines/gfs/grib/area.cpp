// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/area.hpp"

#include "grib/message.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace gfs {

namespace {

constexpr double circle = 360;

[[noreturn]] void reject(std::string_view text, std::string_view why) {
    throw freshet::ParameterError(
        fmt::format("'{}' is not an area like '-10,30,35,70' (west, east, south, north, in degrees): {}", text, why));
}

std::vector<double> numbers_of(std::string_view text) {
    try {
        return freshet::Codec<std::vector<double>>::read(text);
    } catch (const freshet::ParameterError& error) {
        reject(text, error.what());
    }
}

constexpr double tolerance = 1e-5;  // degrees: GRIB2 keeps millionths

[[noreturn]] void reject(const Area& area, std::string_view why) {
    throw freshet::Error(fmt::format("cut the area '{}' out of the grid: {}", area.text(), why));
}

/// Degrees eastward from the area's west edge, from 0 up to a circle.
double east_of(double west, double longitude) {
    const double offset = std::fmod(longitude - west + 2 * circle, circle);
    return offset > circle - tolerance ? 0 : offset;
}

/// Rejects columns that are not one grid step apart.
void check_contiguous(const std::vector<double>& offsets, double step, const Area& area) {
    for (std::size_t i = 1; i < offsets.size(); ++i) {
        if (std::abs(offsets[i] - offsets[i - 1] - step) > tolerance)
            reject(area, "the grid does not go all around the Earth, and has a gap in it");
    }
}

}  // namespace

Area Area::parse(std::string_view text) {
    const std::vector<double> numbers = numbers_of(text);
    if (numbers.size() != 4) reject(text, fmt::format("it has {} numbers", numbers.size()));
    Area area{.west = numbers[0], .east = numbers[1], .south = numbers[2], .north = numbers[3]};
    if (!(std::abs(area.west) <= circle && std::abs(area.east) <= circle))
        reject(text, "longitudes are from -180 to 360");
    if (!(area.south >= -90 && area.north <= 90)) reject(text, "latitudes are from -90 to 90");
    if (area.south > area.north) reject(text, "the south is north of the north");
    if (area.east - area.west > circle) reject(text, "it goes around the Earth more than once");
    while (area.east < area.west) area.east += circle;
    const double turn = area.east > circle ? -circle : area.west < -180 ? circle : 0;
    area.west += turn;
    area.east += turn;
    return area;
}

std::string Area::text() const {
    return fmt::format("{},{},{},{}", number_text(west), number_text(east), number_text(south), number_text(north));
}

Crop::Crop(const Grid& whole, const std::optional<Area>& area) : whole_(whole), part_(whole) {
    if (!area) return;
    if (whole.kind != GridKind::latitude_longitude && whole.kind != GridKind::gaussian)
        reject(*area, "it is a map projection, and an area is a rectangle of latitudes and longitudes only");
    crop_rows(*area);
    crop_columns(*area);
    part_.rows_alternate = false;  // the values come ordered
    part_.column_major = false;
}

void Crop::crop_rows(const Area& area) {
    const std::vector<double> all = latitudes(whole_);
    const auto is_inside = [&](double latitude) {
        return latitude >= area.south - tolerance && latitude <= area.north + tolerance;
    };
    const auto first = std::find_if(all.begin(), all.end(), is_inside);
    if (first == all.end()) reject(area, "no row lies in it");
    const auto last = std::find_if_not(first, all.end(), is_inside) - 1;
    first_row_ = static_cast<std::size_t>(first - all.begin());
    part_.rows = static_cast<int>(last - first) + 1;
    part_.first_latitude = *first;
    part_.last_latitude = *last;
}

void Crop::crop_columns(const Area& area) {
    const std::vector<double> all = longitudes(whole_);
    std::vector<std::pair<double, std::size_t>> inside;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const double offset = east_of(area.west, all[i]);
        if (offset <= area.east - area.west + tolerance) inside.emplace_back(offset, i);
    }
    if (inside.empty()) reject(area, "no column lies in it");
    std::sort(inside.begin(), inside.end());
    if (whole_.goes_west) std::reverse(inside.begin(), inside.end());
    std::vector<double> offsets;
    for (const auto& [offset, column] : inside) offsets.push_back(offset);
    if (!goes_around(whole_)) check_contiguous(offsets, all.size() > 1 ? all[1] - all[0] : 0, area);
    first_column_ = inside.front().second;
    part_.columns = static_cast<int>(inside.size());
    part_.first_longitude = area.west + offsets.front();
    part_.last_longitude = area.west + offsets.back();
}

std::vector<float> Crop::apply(std::vector<float> values) const {
    if (part_ == whole_) return values;
    const auto columns = static_cast<std::size_t>(whole_.columns);
    const auto width = static_cast<std::size_t>(part_.columns);
    const std::size_t before_seam = std::min(width, columns - first_column_);
    std::vector<float> part;
    part.reserve(part_.size());
    for (std::size_t row = first_row_; row < first_row_ + static_cast<std::size_t>(part_.rows); ++row) {
        const auto begin = values.begin() + static_cast<std::ptrdiff_t>(row * columns);
        const auto from = begin + static_cast<std::ptrdiff_t>(first_column_);
        part.insert(part.end(), from, from + static_cast<std::ptrdiff_t>(before_seam));
        part.insert(part.end(), begin, begin + static_cast<std::ptrdiff_t>(width - before_seam));
    }
    return part;
}

}  // namespace gfs

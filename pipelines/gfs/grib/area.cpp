// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/area.hpp"

#include "grib/message.hpp"

#include <fmt/format.h>

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

}  // namespace gfs

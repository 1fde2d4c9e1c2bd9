// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/message.hpp"

#include <fmt/format.h>

namespace gfs {

namespace {

std::string to_text(const Surface& surface) {
    return surface.value ? fmt::format("{}:{}", surface.type, number_text(*surface.value))
                         : fmt::format("{}", surface.type);
}

}  // namespace

std::string number_text(double value) { return fmt::format("{}", value == 0 ? 0.0 : value); }

std::string to_text(const GribParameter& parameter) {
    return fmt::format("{}-{}-{}", parameter.discipline, parameter.category, parameter.number);
}

std::string to_text(const Level& level) {
    return level.second ? to_text(level.first) + "/" + to_text(*level.second) : to_text(level.first);
}

std::string to_text(const FieldLocation& location) {
    return fmt::format("message {} at byte {}", location.number, location.offset);
}

}  // namespace gfs

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/selection.hpp"

namespace gfs {
namespace {

struct Quantity {
    std::string_view name;
    std::string_view level;
};

/// What stands twice in a forecast (instant and average, bucket and run total) is wanted twice.
constexpr Quantity portal[] = {
    {"PRMSL", "mean sea level"},
    {"PRES", "surface"},
    {"TMP", "surface"},
    {"TMP", "2 m above ground"},
    {"DPT", "2 m above ground"},
    {"RH", "2 m above ground"},
    {"SPFH", "2 m above ground"},
    {"TMAX", "2 m above ground"},
    {"TMIN", "2 m above ground"},
    {"UGRD", "10 m above ground"},
    {"VGRD", "10 m above ground"},
    {"UGRD", "100 m above ground"},
    {"VGRD", "100 m above ground"},
    {"GUST", "surface"},
    {"VIS", "surface"},
    {"PRATE", "surface"},
    {"APCP", "surface"},
    {"ACPCP", "surface"},
    {"CRAIN", "surface"},
    {"CSNOW", "surface"},
    {"CFRZR", "surface"},
    {"CICEP", "surface"},
    {"WEASD", "surface"},
    {"SNOD", "surface"},
    {"ICEC", "surface"},
    {"ICETK", "surface"},
    {"LAND", "surface"},
    {"*CDC", "low cloud layer"},  // TCDC before v16, LCDC since
    {"*CDC", "middle cloud layer"},
    {"*CDC", "high cloud layer"},
    {"TCDC", "entire atmosphere*"},  // its level changed with v16; both spellings mean the whole column
    {"PWAT", "entire atmosphere*"},
    {"CAPE", "surface"},
    {"CIN", "surface"},
    {"HPBL", "surface"},
    {"DSWRF", "surface"},
    {"USWRF", "surface"},
    {"DLWRF", "surface"},
    {"ULWRF", "surface"},
    {"LHTFL", "surface"},
    {"SHTFL", "surface"},
    {"UFLX", "surface"},
    {"VFLX", "surface"},
};
static_assert(std::size(portal) == 43);

}  // namespace

std::vector<Pattern> portal_patterns() {
    std::vector<Pattern> patterns;
    for (const Quantity& each : portal) {
        patterns.push_back({.name = std::string(each.name), .level = LevelPattern::parse(each.level)});
    }
    return patterns;
}

}  // namespace gfs

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "checks/plausible.hpp"

#include <algorithm>
#include <iterator>

namespace gfs {

namespace {

// In the units of cf_map.csv, which are those of the messages; packing may go a little past what is possible.
constexpr PlausibleRange table[] = {
    {"TMP", 120, 370, Zeros::rare, Presence::always},  // down to the summer mesopause, up to desert ground
    {"TMAX", 150, 350, Zeros::rare, Presence::always},
    {"TMIN", 150, 350, Zeros::rare, Presence::always},
    {"APTMP", 130, 370, Zeros::rare, Presence::always},
    {"DPT", 120, 330, Zeros::rare, Presence::always},
    {"POT", 150, 2000, Zeros::rare},
    {"TSOIL", 180, 350, Zeros::rare},
    {"ICETMP", 180, 300, Zeros::rare},
    {"RH", -1, 150, Zeros::common, Presence::always},
    {"SPFH", -0.001, 0.06, Zeros::common, Presence::always},
    {"PWAT", -0.1, 130, Zeros::rare, Presence::always},
    {"CWAT", -0.1, 50},
    {"UGRD", -200, 200, Zeros::rare, Presence::always},
    {"VGRD", -200, 200, Zeros::rare, Presence::always},
    {"GUST", -0.1, 150, Zeros::common, Presence::always},
    {"FRICV", -0.01, 20},
    {"VVEL", -80, 80},
    {"DZDT", -60, 60},
    {"ABSV", -0.01, 0.01},
    {"PRMSL", 85'000, 112'000, Zeros::rare, Presence::always},
    {"MSLET", 85'000, 112'000, Zeros::rare, Presence::always},
    {"PRES", -1, 112'000},
    {"HGT", -6'000, 100'000},  // also of the freezing level and of cloud ceilings, where zero is common
    {"ICAHT", -2'000, 100'000},
    {"HPBL", -10, 20'000, Zeros::rare, Presence::always},
    {"VIS", -10, 100'000, Zeros::common, Presence::always},
    {"APCP", -0.01, 5'000, Zeros::common, Presence::always},
    {"ACPCP", -0.01, 5'000, Zeros::common, Presence::always},
    {"PRATE", -1e-6, 0.3, Zeros::common, Presence::always},
    {"CPRAT", -1e-6, 0.3, Zeros::common, Presence::always},
    {"CRAIN", -0.01, 1.01},
    {"CFRZR", -0.01, 1.01},
    {"CICEP", -0.01, 1.01},
    {"CSNOW", -0.01, 1.01},
    {"CPOFP", -50.1, 100.1},  // -50 marks where nothing falls
    {"WEASD", -0.1, 1e5},
    {"SNOD", -0.01, 1e3},
    {"WATR", -0.1, 5'000},
    {"SUNSD", -1, 21'600},  // s in 6 h
    {"TCDC", -0.1, 100.1, Zeros::common, Presence::always},
    {"LCDC", -0.1, 100.1, Zeros::common, Presence::always},
    {"MCDC", -0.1, 100.1, Zeros::common, Presence::always},
    {"HCDC", -0.1, 100.1, Zeros::common, Presence::always},
    {"CAPE", -1, 15'000},
    {"CIN", -5'000, 1},
    {"DSWRF", -0.1, 1'500, Zeros::common, Presence::always},
    {"USWRF", -0.1, 1'500, Zeros::common, Presence::always},
    {"DLWRF", 0, 800, Zeros::rare, Presence::always},
    {"ULWRF", 0, 1'200, Zeros::rare, Presence::always},
    {"LHTFL", -1'000, 3'000},
    {"SHTFL", -2'000, 3'000},
    {"GFLUX", -2'000, 2'000},
    {"UFLX", -60, 60},
    {"VFLX", -60, 60},
    {"LAND", -0.01, 1.01, Zeros::common, Presence::always},
    {"ICEC", -0.01, 1.01},
    {"ICETK", -0.01, 50},
    {"ALBDO", -0.1, 100.1},
    {"SOILW", -0.01, 1.01},
    {"SOILL", -0.01, 1.01},
    {"VEG", -0.1, 100.1},
    {"O3MR", -1e-6, 1e-4},
    {"TOZNE", 50, 800, Zeros::rare, Presence::always},  // Dobson units
    {"REFD", -100, 100},
    {"REFC", -100, 100},
    {"wind_speed", 0, 200, Zeros::common, Presence::always},
    {"wind_from_direction", 0, 360, Zeros::common, Presence::always},
    {"precipitation_amount", 0, 500, Zeros::common, Presence::always},  // of an hour
};

}  // namespace

const PlausibleRange* find_plausible_range(std::string_view name) {
    const auto* const found = std::ranges::find(table, name, &PlausibleRange::name);
    return found == std::end(table) ? nullptr : found;
}

}  // namespace gfs

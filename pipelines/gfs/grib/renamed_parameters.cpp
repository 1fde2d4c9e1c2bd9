// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/renamed_parameters.hpp"

namespace gfs {

namespace {

// Sources: wgrib2's update_gribtable.txt of November 2018 and NOAA-EMC/UPP pull request 327 for CLMR, which GFS's
// inventories say since February 2023 and others since 2024; wgrib2 pull request 527 for MSTAVTOP; inventories of GFS
// v15 and v16 for the clouds, whose numbers changed from 0-6-1 to 0-6-3, 0-6-4 and 0-6-5.
constexpr RenamedParameter renamed[] = {
    {"CLWMR", "CLMR"},
    {"MSTAV", "MSTAVTOP"},
    {"TCDC", "LCDC", "low cloud layer"},
    {"TCDC", "MCDC", "middle cloud layer"},
    {"TCDC", "HCDC", "high cloud layer"},
};

}  // namespace

std::span<const RenamedParameter> renamed_parameters() { return renamed; }

std::string with_present_name(std::string line) {
    const std::string_view name = std::string_view(line).substr(0, line.find(':'));
    for (const RenamedParameter& each : renamed)
        if (each.level.empty() && each.former == name) return line.replace(0, name.size(), each.present);
    return line;
}

}  // namespace gfs

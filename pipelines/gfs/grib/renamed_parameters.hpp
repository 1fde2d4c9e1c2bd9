// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace gfs {

/// A parameter that NCEP's inventories once called otherwise.
struct RenamedParameter {
    std::string_view former;
    std::string_view present;
    std::string_view level = {};  ///< the level on which it was renamed; empty: all
};

/// Every renamed parameter of NCEP that has been seen.
///
/// Sources: wgrib2's update_gribtable.txt of November 2018 and NOAA-EMC/UPP pull request 327 for CLMR, which GFS's
/// inventories say since February 2023 and others since 2024; wgrib2 pull request 527 for MSTAVTOP; inventories of GFS
/// v15 and v16 for the clouds, whose numbers changed from 0-6-1 to 0-6-3, 0-6-4 and 0-6-5.
inline constexpr RenamedParameter renamed_parameters[] = {
    {"CLWMR", "CLMR"},
    {"MSTAV", "MSTAVTOP"},
    {"TCDC", "LCDC", "low cloud layer"},
    {"TCDC", "MCDC", "middle cloud layer"},
    {"TCDC", "HCDC", "high cloud layer"},
};

/// An inventory's line, "CLWMR:500 mb:6 hour fcst", with the present name of its parameter where that was renamed on
/// all levels.
inline std::string with_present_name(std::string line) {
    const std::string_view name = std::string_view(line).substr(0, line.find(':'));
    for (const RenamedParameter& each : renamed_parameters)
        if (each.level.empty() && each.former == name) return line.replace(0, name.size(), each.present);
    return line;
}

}  // namespace gfs

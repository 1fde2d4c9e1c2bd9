// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace gfs::idx {

/// How a level is written: alone, and as a layer between two; {:g} stands for its number in the unit of the text.
struct LevelName {
    int type;  ///< GRIB2 table 4.5
    std::string_view single;
    std::string_view layer;
    double unit = 1;
};

/// Every type of level in NCEP's files.
std::span<const LevelName> level_names();

}  // namespace gfs::idx

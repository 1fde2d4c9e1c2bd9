// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
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
std::span<const RenamedParameter> renamed_parameters();

/// An inventory's line, "CLWMR:500 mb:6 hour fcst", with the present name of its parameter where that was renamed on
/// all levels.
std::string with_present_name(std::string line);

}  // namespace gfs

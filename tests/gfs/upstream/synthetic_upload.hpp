// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fake_web.hpp"
#include "grib/scan.hpp"
#include "inventory/inventory.hpp"
#include "simulator/generate.hpp"

#include <map>
#include <string>
#include <utility>

namespace gfs::test {

/// The bytes of a synthetic lead of 54 messages.
inline const std::string& synthetic_grib(Cycle cycle, int lead = 7) {
    static std::map<std::pair<Cycle, int>, std::string> made;
    auto& grib = made[{cycle, lead}];
    if (grib.empty())
        grib =
            simulator::synthetic_file(simulator::Weather({.columns = 36, .rows = 19}), {.cycle = cycle, .lead = lead});
    return grib;
}

inline Inventory inventory_of(const std::string& grib) { return inventory_of(scan(grib, "f")); }

}  // namespace gfs::test

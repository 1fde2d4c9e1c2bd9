// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/scan.hpp"
#include "inventory/inventory.hpp"

#include <string>
#include <vector>

namespace gfs::idx {

// The names that wgrib2 uses in inventories of NCEP's files.

/// "TMP"; numbers for what has no name: "var discipline=0 center=7 local_table=1 parmcat=1 parm=241".
std::string parameter_name(const Parameter& parameter);

/// "2 m above ground", "0-0.1 m below ground", "500 mb".
std::string level_text(const Surface& first, const Surface& second);

/// "anl", "7 hour fcst", "6-7 hour acc fcst", "0-1 day acc fcst".
std::string time_text(int start, const std::optional<Statistic>& statistic);

/// The inventory of a scanned file.
Inventory inventory_of(const std::vector<ScannedField>& fields);

}  // namespace gfs::idx

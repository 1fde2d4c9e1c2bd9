// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/scan.hpp"
#include "inventory/inventory.hpp"

#include <string>
#include <vector>

namespace gfs {

/// A parameter in NCEP's abbreviation, "TMP", or by its numbers where it has none: "var discipline=0 center=7
/// local_table=1 parmcat=1 parm=241".
std::string parameter_name(const GribParameter& parameter);

/// The inventory of a scanned file, as wgrib2 writes it.
Inventory inventory_of(const std::vector<ScannedField>& fields);

}  // namespace gfs

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/scan.hpp"
#include "inventory/inventory.hpp"
#include "simulator/publish.hpp"

#include <vector>

namespace gfs::simulator {

/// The inventory of a whole pgrb2.0p25 file at a lead (696 fields of an analysis, else 743), level by level; its
/// offsets are placeholders.
Inventory full_inventory(int lead);

/// Parses one line of an inventory; its reference time is the epoch. Throws freshet::Error for an unknown parameter,
/// level or time.
ScannedField parse_field(const Entry& entry);

/// The fields of an inventory, transferred to another file: instants at its lead, sums and averages over its bucket or
/// its run. An analysis has only instants.
std::vector<ScannedField> inventory_fields(const Inventory& inventory, const FileKey& key);

}  // namespace gfs::simulator

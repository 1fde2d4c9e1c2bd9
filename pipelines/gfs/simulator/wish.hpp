// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/scan.hpp"
#include "inventory/inventory.hpp"
#include "simulator/add.hpp"

#include <vector>

namespace gfs::simulator {

/// The field that a line of an inventory speaks of. Throws Error where its words are not understood.
idx::ScannedField parse_field(const Entry& entry);

/// The fields of an inventory as they would be in another file: instants at its lead, sums and averages over its bucket
/// or its run. An analysis has only instants.
std::vector<idx::ScannedField> inventory_fields(const Inventory& inventory, const FileKey& key);

}  // namespace gfs::simulator

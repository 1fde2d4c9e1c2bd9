// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inventory/inventory.hpp"

namespace gfs::simulator {

/// What a whole file of pgrb2.0p25 holds at a lead (696 fields of an analysis, else 743), level by level; without
/// offsets.
Inventory full_inventory(int lead);

}  // namespace gfs::simulator

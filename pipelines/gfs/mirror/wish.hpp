// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mirror/add.hpp"
#include "source/inventory.hpp"
#include "source/scan.hpp"

#include <vector>

namespace gfs::mirror {

/// The field that a line of an inventory speaks of. Throws Error where its words are not understood.
idx::ScannedField field_from(const Entry& entry);

/// The fields of an inventory as they would be in another file: instants at its lead, sums and averages over its bucket
/// or its run. An analysis has only instants.
std::vector<idx::ScannedField> wishes_like(const Inventory& inventory, const Slot& slot);

}  // namespace gfs::mirror

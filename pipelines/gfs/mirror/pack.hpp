// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mirror/add.hpp"
#include "mirror/grid.hpp"
#include "mirror/made_fields.hpp"

#include <string>
#include <vector>

namespace gfs::mirror {

/// One GRIB2 message, packed as NCEP packs GFS: template 5.3, second order differences. `values` are clobbered.
/// The packer keeps state of its own between calls: never call this from two threads.
std::string packed(const MadeField& field, const Grid& grid, const Slot& slot, std::vector<float>& values);

}  // namespace gfs::mirror

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mirror/add.hpp"
#include "mirror/made_fields.hpp"

#include <string>
#include <vector>

namespace gfs::mirror {

/// The values of every field of made_fields(lead), as they are meant before packing.
std::vector<std::vector<float>> made_values(const Weather& weather, Cycle cycle, int lead);

/// The GRIB2 file of one lead.
std::string made_file(const Weather& weather, const Slot& slot);

}  // namespace gfs::mirror

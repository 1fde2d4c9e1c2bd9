// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mirror/add.hpp"
#include "mirror/made_fields.hpp"

#include <string>
#include <vector>

namespace gfs::mirror {

/// The values of every field of made_fields(lead), as they are meant before packing. Another revision of the same file
/// has slightly other weather.
std::vector<std::vector<float>> made_values(const Weather& weather, const Slot& slot);

/// The GRIB2 file of one lead.
std::string made_file(const Weather& weather, const Slot& slot);

}  // namespace gfs::mirror

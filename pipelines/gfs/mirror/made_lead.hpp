// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mirror/add.hpp"
#include "mirror/made_fields.hpp"

#include <string>
#include <vector>

namespace gfs::mirror {

/// The values of every field of made_fields(), as they are meant before packing. Another revision of the same file has
/// slightly other weather.
std::vector<std::vector<float>> made_values(const Weather& weather, const Slot& slot, FieldSet set = FieldSet::portal);

/// The GRIB2 file of one lead with the fields of made_fields().
std::string made_file(const Weather& weather, const Slot& slot, FieldSet set = FieldSet::portal);

}  // namespace gfs::mirror

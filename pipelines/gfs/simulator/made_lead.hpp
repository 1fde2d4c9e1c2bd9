// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "simulator/add.hpp"
#include "simulator/synthetic_fields.hpp"

#include <string>
#include <vector>

namespace gfs::simulator {

/// The values of every field of synthetic_fields(), as they are meant before packing. Another revision of the same file
/// has slightly other weather.
std::vector<std::vector<float>> synthetic_values(const Weather& weather, const FileKey& key,
                                                 FieldSet set = FieldSet::portal);

/// The GRIB2 file of one lead with the fields of synthetic_fields().
std::string synthetic_file(const Weather& weather, const FileKey& key, FieldSet set = FieldSet::portal);

}  // namespace gfs::simulator

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "simulator/publish.hpp"
#include "simulator/synthetic_fields.hpp"

#include <string>
#include <vector>

namespace gfs::simulator {

/// Packs one GRIB2 message as NCEP packs GFS: template 5.3, second order differences. Overwrites `values`. Not
/// thread-safe: libg2c packs with static variables.
std::string pack_field(const SyntheticField& field, const Grid& grid, const FileKey& key, std::vector<float>& values);

}  // namespace gfs::simulator

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "simulator/add.hpp"
#include "simulator/grid.hpp"
#include "simulator/synthetic_fields.hpp"

#include <string>
#include <vector>

namespace gfs::simulator {

/// One GRIB2 message, packed as NCEP packs GFS: template 5.3, second order differences. `values` are clobbered.
/// The packer keeps state of its own between calls: never call this from two threads.
std::string pack_field(const SyntheticField& field, const Grid& grid, const FileKey& key, std::vector<float>& values);

}  // namespace gfs::simulator

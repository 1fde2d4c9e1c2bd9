// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mirror/grid.hpp"

#include <cstdint>
#include <vector>

namespace gfs::mirror {

/// A number in [0, 1) that looks random and is always the same for the same key.
double hashed(std::uint64_t key);

/// A rugged field of values around 0, mostly within 1: the sum of ever finer smooth noise on the sphere, without seams.
/// `features` is how many of the coarsest bumps fit along an axis of the globe.
std::vector<float> rugged_field(const Grid& grid, std::uint64_t seed, double features, int octaves);

}  // namespace gfs::mirror

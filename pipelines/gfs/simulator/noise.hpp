// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "simulator/grid.hpp"

#include <cstdint>
#include <vector>

namespace gfs::simulator {

/// A number in [0, 1) that looks random and is always the same for the same key.
double hash_to_unit(std::uint64_t key);

/// A rugged field of values around 0, mostly within 1: the sum of ever finer smooth noise on the sphere, without seams.
/// `features` is how many of the coarsest bumps fit along an axis of the globe.
std::vector<float> fractal_noise_field(const Grid& grid, std::uint64_t seed, double features, int octaves);

}  // namespace gfs::simulator

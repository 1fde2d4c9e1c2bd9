// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/handle.hpp"
#include "grib/message.hpp"

namespace gfs {

/// What one message is, from its keys; its place is left empty. Throws freshet::Error for grids, units of time and
/// products that are not understood.
Message describe(const Handle& handle);

/// Its horizontal grid.
Grid describe_grid(const Handle& handle);

}  // namespace gfs

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/eccodes_handle.hpp"
#include "grib/message.hpp"

namespace gfs {

/// What one message is, from its keys; its location is left empty. Throws freshet::Error for grids, units of time and
/// products that are not understood.
Message read_metadata(const EccodesHandle& handle);

/// Its horizontal grid.
Grid read_grid(const EccodesHandle& handle);

}  // namespace gfs

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/command_line.hpp"

namespace gfs {

/// `gfs convert FILE... --output DIR`: CF NetCDF of GRIB2 files on disk, or a list of what is in them.
freshet::ProgramCommand convert_command();

}  // namespace gfs

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/command_line.hpp"

namespace gfs {

/// `gfs convert FILE... --output DIR`: converts GRIB2 files on disk to CF NetCDF, or lists their fields.
freshet::ProgramCommand convert_command();

/// `gfs roots [SOURCE]`: prints the health of the mirrors as recorded by the runs of a store.
freshet::ProgramCommand mirrors_command();

/// `gfs status`: tells monitoring by its exit status, as Nagios has it, how the datasets of a store are.
freshet::ProgramCommand status_command();

}  // namespace gfs

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/command_line.hpp"

namespace gfs {

/// `gfs roots [SOURCE]`: how the mirrors do, as far as a store has learnt.
freshet::ProgramCommand mirrors_command();

}  // namespace gfs

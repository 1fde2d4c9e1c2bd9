// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/command_line.hpp"

namespace gfs {

/// `gfs roots [SOURCE]`: how the roots do, as far as a store has learnt.
freshet::ProgramCommand roots_command();

}  // namespace gfs

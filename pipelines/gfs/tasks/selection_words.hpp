// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/parameter.hpp"

namespace gfs {

/// Turns a file named in the parameter variables into the patterns that it holds now, so that a task is what was
/// selected and not a path: it means the same on another machine, and when the file has changed. Throws ParameterError
/// for what is neither a selection nor a file of patterns.
void resolve_selection_file(freshet::Values& values);

}  // namespace gfs

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/config.hpp"
#include "cli/command_table.hpp"
#include "freshet/command_line.hpp"

namespace freshet::cli {

/// Returns the program, which makes relative paths among the parameters absolute if the command uses the scheduler of
/// --scheduler or [run]: a worker in another folder may run the tasks. In an embedded state, paths are as given.
/// `registry` must outlive the program.
Program with_absolute_paths(Program program, const Registry& registry, const ParsedCommand& parsed,
                            const Config& config);

}  // namespace freshet::cli

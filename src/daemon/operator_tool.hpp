// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command_line.hpp"

namespace freshet::daemon {

/// The commands of the program `freshet`.
cli::CommandTable operator_table();

/// The program `freshet`, which has no tasks.
Program operator_program();

/// Runs the program `freshet` with the arguments of main() and returns its exit status.
int run_operator_command(int argc, const char* const* argv);

}  // namespace freshet::daemon

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command_line.hpp"
#include "run/exit_status.hpp"

#include <string>
#include <vector>

namespace freshet::cli {

/// The operands of a command after its name: " TASK [--parameter value ...]"; "" without any.
std::string operand_usage(const Command& command);

/// The statuses with which the program may end.
std::vector<run::ExitStatusHelp> exit_statuses(const CommandTable& table, const Registry& registry);

}  // namespace freshet::cli

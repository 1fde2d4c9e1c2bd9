// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/option_table.hpp"
#include "freshet/command_line.hpp"

#include <string>

namespace freshet::run {

/// What the program can be asked for: commands, tasks, exit statuses.
std::string help_on_program(const Program& program, const Registry& registry);

/// One command with its options.
std::string help_on_command(const Program& program, const Command& command);
std::string help_on_command(const Program& program, const ProgramCommand& command);

/// One task with its parameters.
std::string help_on_task(const Program& program, const TaskType& type);

}  // namespace freshet::run

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/exit_status.hpp"
#include "cli/world.hpp"
#include "freshet/command_line.hpp"

#include <string>
#include <vector>

namespace freshet::run {

/// The program's own command of that name, or nullptr.
const ProgramCommand* find_program_command(const Program& program, std::string_view name);

/// Takes the arguments after the command's name apart and runs it; throws ParameterError where they do not fit it.
int run_program_command(const Program& program, const ProgramCommand& command,
                        const std::vector<std::string>& arguments, CliContext& cli);

}  // namespace freshet::run

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/arguments.hpp"
#include "cli/exit_status.hpp"
#include "cli/parameters.hpp"
#include "cli/run_settings.hpp"
#include "cli/world.hpp"
#include "freshet/command_line.hpp"

#include <string>
#include <vector>

namespace freshet::run {

/// One command with all that it may ask for.
struct CommandContext {
    const Program& program;
    const Registry& registry;
    const ParsedArguments& parsed;
    const Config& config;
    CliContext& cli;
    const std::vector<std::string>& arguments;  ///< as they were typed
};

/// The values of a family's parameters, with the program's words ("latest") resolved; those of the command line count
/// when it names this family.
std::vector<ResolvedValue> parameter_values(const TaskType& type, const CommandContext& context);

/// The task that the command line names by its family and parameters; throws ParameterError when it names none.
AnyTask named_task(const CommandContext& context);

// Each does what the help says of the command of its name.
ExitStatus run_command(const CommandContext& context);
ExitStatus work_command(const CommandContext& context);
ExitStatus plan_command(const CommandContext& context);
ExitStatus tree_command(const CommandContext& context);
ExitStatus why_command(const CommandContext& context);
ExitStatus verify_command(const CommandContext& context);
ExitStatus list_command(const CommandContext& context);
ExitStatus history_command(const CommandContext& context);
ExitStatus config_command(const CommandContext& context);
ExitStatus help_command(const CommandContext& context);

/// Does what the arguments (without the program's name) ask for; errors become a sentence and an exit status.
int run_program(const Program& program, const Registry& registry, const std::vector<std::string>& arguments,
                CliContext& cli);

}  // namespace freshet::run

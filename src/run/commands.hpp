// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/command_line.hpp"
#include "run/exit_status.hpp"
#include "run/options.hpp"
#include "run/run_settings.hpp"
#include "run/values.hpp"
#include "run/world.hpp"

#include <string>
#include <vector>

namespace freshet::run {

/// One command with all that it may ask for.
struct Call {
    const Program& program;
    const Registry& registry;
    const Invocation& invocation;
    const Settings& settings;
    World& world;
    const std::vector<std::string>& arguments;  ///< as they were typed
};

/// The values of a family's parameters, with the program's words ("latest") resolved; those of the command line count
/// when it names this family.
std::vector<Value> values_for(const TaskType& type, const Call& call);

/// The task that the command line names by its family and parameters; throws ParameterError when it names none.
AnyTask named_task(const Call& call);

// Each does what the help says of the command of its name.
Status run_command(const Call& call);
Status work_command(const Call& call);
Status plan_command(const Call& call);
Status tree_command(const Call& call);
Status why_command(const Call& call);
Status verify_command(const Call& call);
Status list_command(const Call& call);
Status history_command(const Call& call);
Status config_command(const Call& call);
Status help_command(const Call& call);

/// Does what the arguments (without the program's name) ask for; errors become a sentence and an exit status.
int run_program(const Program& program, const Registry& registry, const std::vector<std::string>& arguments,
                World& world);

}  // namespace freshet::run

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command_line.hpp"
#include "rpc/requests.hpp"

#include <optional>

// The operator's commands: each asks or changes the scheduler of the command line, a freshetd or that of a state.
namespace freshet::operate {

ExitStatus status_command(const cli::CommandContext& context);
ExitStatus tasks_command(const cli::CommandContext& context);
ExitStatus retry_command(const cli::CommandContext& context);
ExitStatus acknowledge_command(const cli::CommandContext& context);
ExitStatus done_command(const cli::CommandContext& context);
ExitStatus cancel_command(const cli::CommandContext& context);
ExitStatus rerun_command(const cli::CommandContext& context);
ExitStatus pause_command(const cli::CommandContext& context);
ExitStatus unpause_command(const cli::CommandContext& context);
ExitStatus workers_command(const cli::CommandContext& context);
ExitStatus resources_command(const cli::CommandContext& context);
ExitStatus watch_command(const cli::CommandContext& context);
ExitStatus page_command(const cli::CommandContext& context);

/// The state of a task that --status names; nullopt without it. Throws ParameterError.
std::optional<rpc::Status> read_status(const cli::ParsedCommand& parsed);

}  // namespace freshet::operate

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/commands.hpp"
#include "run/session.hpp"

#include <functional>
#include <string>

namespace freshet::run {

/// Runs, and tells of it as its output wants it: a live line and a summary for people, records for programs.
ExitStatus run_with_output(CliContext& cli, LogFormat format, Json::Object common,
                           const std::function<SessionResult(Log&, worker::Observer&)>& run);

/// The trace that the program was started in ("traceparent"); empty: none.
std::string traceparent(const CliContext& cli);

/// The command as a person typed it.
std::string command_text(const CommandContext& context);

}  // namespace freshet::run

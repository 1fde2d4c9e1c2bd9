// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "run/commands.hpp"
#include "run/session.hpp"

#include <functional>
#include <string>

namespace freshet::run {

/// Runs, and tells of it as its output wants it: a live line and a summary for people, records for programs.
Status tell_of_run(World& world, LogFormat format, Json::Object common,
                   const std::function<SessionResult(Log&, worker::Observer&)>& run);

/// The trace that the program was started in ("traceparent"); empty: none.
std::string trace_parent(const World& world);

/// The command as a person typed it.
std::string command_of(const Call& call);

}  // namespace freshet::run

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/arguments.hpp"
#include "daemon/daemon_config.hpp"

#include <string>

namespace freshet::daemon {

/// Finds out whether the daemon of that command line would start, but for its state and its address; returns what
/// --check-config shows. Throws what would keep it from starting.
std::string check_config(const cli::Arguments& arguments, const DaemonConfigSources& sources);

/// Runs the daemon of that command line until a signal ends it. Throws what kept it from starting, or from going on.
void serve(const cli::Arguments& arguments, const DaemonConfigSources& sources);

}  // namespace freshet::daemon

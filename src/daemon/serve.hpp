// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/arguments.hpp"
#include "daemon/daemon_config.hpp"

#include <string>

namespace freshet::daemon {

/// Checks the configuration, but neither the state nor whether the address is free, and returns the text of
/// --check-config. Throws ParameterError or ConfigError as serve() would.
std::string check_config(const Arguments& arguments, const DaemonConfigSources& sources);

/// Runs the daemon until a signal stops it. Must be called before any thread starts. Throws the error that kept it from
/// starting or from running on.
void serve(const Arguments& arguments, const DaemonConfigSources& sources);

}  // namespace freshet::daemon

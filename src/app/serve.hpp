// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/arguments.hpp"
#include "app/configuration.hpp"

#include <string>

namespace freshet::app {

/// Finds out whether the daemon of that command line would start, but for its state and its address; returns what
/// --check-config shows. Throws what would keep it from starting.
std::string check_only(const Arguments& arguments, const ConfigurationSources& sources);

/// Runs the daemon of that command line until a signal ends it. Throws what kept it from starting, or from going on.
void serve(const Arguments& arguments, const ConfigurationSources& sources);

}  // namespace freshet::app

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/arguments.hpp"
#include "app/configuration.hpp"

namespace freshet::app {

/// Runs the daemon of that command line until a signal ends it. Throws what kept it from starting, or from going on.
void serve(const Arguments& arguments, const ConfigurationSources& sources);

}  // namespace freshet::app

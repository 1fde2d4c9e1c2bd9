// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/daemon_config.hpp"

namespace freshet::daemon {

/// Puts the value where it belongs. Throws ParameterError for one of the command line that is wrong or unknown,
/// ConfigError with its origin for any other.
void set_config_entry(DaemonConfig& config, const ConfigEntry& value);

}  // namespace freshet::daemon

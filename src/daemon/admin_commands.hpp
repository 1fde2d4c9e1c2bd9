// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/run_main.hpp"

#include <string>
#include <vector>

namespace freshet::daemon {

/// Does what the operator's tool was asked: the command's name comes first. Throws ParameterError for what it does not
/// understand, Error for what cannot be done.
ExitStatus run_admin_command(const std::vector<std::string>& arguments);

}  // namespace freshet::daemon

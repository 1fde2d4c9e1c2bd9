// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/exit_code.hpp"

#include <string>
#include <vector>

namespace freshet::app {

/// Does what the operator's tool was asked: the command's name comes first. Throws ParameterError for what it does not
/// understand, Error for what cannot be done.
ExitCode run_operator_command(const std::vector<std::string>& arguments);

}  // namespace freshet::app

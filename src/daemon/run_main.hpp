// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/exit_status.hpp"

#include <exception>
#include <functional>
#include <string_view>

namespace freshet::daemon {

/// The exit status of freshetd or freshet after an exception: unavailable unless a more specific one applies.
ExitStatus exit_status_of(const std::exception& error);

/// Runs a program's main function and returns its exit status; prints an exception after the program's name on
/// standard error.
int run_main(std::string_view program, const std::function<ExitStatus()>& run);

}  // namespace freshet::daemon

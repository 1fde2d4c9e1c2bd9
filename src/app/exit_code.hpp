// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <functional>
#include <string_view>

namespace freshet::app {

/// What a program's end tells its caller; see --help.
enum class ExitCode : int {
    done = 0,
    already_running = 10,
    usage = 64,
    unavailable = 69,
    configuration = 78,
};

/// What an exception that ended a program amounts to.
ExitCode exit_code_of(const std::exception& error);

/// Runs a program's main function; what it throws is said on standard error after the program's name.
int guarded(std::string_view program, const std::function<ExitCode()>& run);

}  // namespace freshet::app

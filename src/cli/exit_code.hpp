// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <functional>
#include <string_view>

namespace freshet::daemon {

/// What a program's end tells its caller; see --help.
enum class ExitStatus : int {
    done = 0,
    already_running = 10,
    usage = 64,
    unavailable = 69,
    configuration = 78,
};

/// What an exception that ended a program amounts to.
ExitStatus exit_status_of(const std::exception& error);

/// Runs a program's main function; what it throws is said on standard error after the program's name.
int run_main(std::string_view program, const std::function<ExitStatus()>& run);

}  // namespace freshet::daemon

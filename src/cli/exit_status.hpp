// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "run/session.hpp"

#include <exception>
#include <span>
#include <string_view>

namespace freshet::run {

/// What the program's end tells its caller; the numbers are Luigi's recommended ones and those of sysexits.h.
enum class ExitStatus {
    complete = 0,
    already_running = 10,
    missing_data = 20,
    not_run = 25,
    task_failed = 30,
    scheduling_error = 35,
    unhandled = 40,
    usage = 64,
    unavailable = 69,
    not_ready = 75,
    configuration = 78,
};

struct ExitStatusHelp {
    ExitStatus status;
    std::string_view meaning;  ///< for --help
};

/// Every status with its meaning, in the order of their numbers.
std::span<const ExitStatusHelp> all_exit_statuses();

/// What a run amounts to: the greatest that applies, but not_ready only when that is the only cause.
ExitStatus exit_status_of(const SessionResult& result);

/// What an exception that ended a command amounts to.
ExitStatus exit_status_of(const std::exception& error);

}  // namespace freshet::run

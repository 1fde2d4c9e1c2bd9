// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/exit_status.hpp"
#include "run/session.hpp"

#include <exception>
#include <span>
#include <string_view>

namespace freshet::run {

/// What a program has to do with that ends with a status.
enum class StatusScope { tasks, schedulers, anything };

/// A row of the table of exit statuses in --help.
struct ExitStatusHelp {
    ExitStatus status;
    std::string_view meaning;
    StatusScope scope = StatusScope::tasks;
};

/// Every status of a pipeline's program with its meaning, in the order of their numbers.
std::span<const ExitStatusHelp> all_exit_statuses();

/// The exit status of a run: the greatest that applies, but undelivered only when no other does except not_ready, and
/// not_ready only when nothing else does.
ExitStatus exit_status_of(const SessionResult& result);

/// The same as if every sink had every event.
ExitStatus exit_status_if_delivered(const SessionResult& result);

/// The exit status of a command that an exception ended.
ExitStatus exit_status_of(const std::exception& error);

}  // namespace freshet::run

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace freshet {

/// The exit statuses of every program: those that Luigi recommends and those of sysexits.h. A pipeline's program ends
/// with the greatest one that applies.
enum class ExitStatus : int {
    success = 0,            ///< everything requested is complete
    already_running = 10,   ///< another process holds the state, or another worker a task
    missing_data = 20,      ///< the output of an external task is missing
    not_run = 25,           ///< a task was not started, for none of the other reasons (for example a signal)
    task_failed = 30,       ///< a task or a command failed
    scheduling_error = 35,  ///< the plan cannot be made, or the scheduler's state cannot be used
    undelivered = 36,       ///< nothing failed, but a sink lacks an event; overrides only not_ready
    unhandled = 40,         ///< an unexpected error
    usage = 64,             ///< EX_USAGE: invalid command line
    unavailable = 69,       ///< EX_UNAVAILABLE: the scheduler cannot be reached, or a daemon cannot provide its service
    not_ready = 75,         ///< EX_TEMPFAIL: only data that is not available yet is missing; overridden by all others
    configuration = 78,     ///< EX_CONFIG: invalid configuration file or environment
};

}  // namespace freshet

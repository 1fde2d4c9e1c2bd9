// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/error.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace freshet {

/// The result of run() of a task with dynamic requirements.
enum class Outcome {
    done,
    waiting,  ///< something it needs is not complete; run() starts again from the top once it is
};

/// The kind of a task class.
enum class TaskKind {
    task,      ///< runs
    wrapper,   ///< nothing to run: complete when all its requirements are
    external,  ///< somebody else makes its output
};

/// The execution environment of an attempt.
enum class Isolation {
    thread,   ///< a thread of the worker: cheapest
    process,  ///< a child process: a crash, leak or hang ends the attempt, not the worker
    slurm,    ///< a Slurm job, perhaps on another machine (slurm.hpp)
};

/// The treatment of a complete task one of whose inputs is not as it was when its receipt was written.
enum class Staleness {
    ignore,            ///< nothing
    warn,              ///< `plan`, `why` and `verify` say so
    rerun,             ///< a run makes its outputs again, and moves the old ones to `.freshet/NAME.stale`
    rerun_downstream,  ///< so, and with it all tasks that require it
};

/// The state of its requirements in which a task runs (Airflow's trigger rules all_success and all_done).
enum class RequirementRule {
    all_complete,  ///< all of them are complete
    /// All of them are finished, well or not: complete, failed for good, or kept by such a failure from running. What
    /// is not ready, or external and missing, is finished once the run's deadline (--wait-until) is over.
    all_finished,
};

/// Amounts of named resources that a task holds while it runs: in all at most the limit in [resources], by default 1.
using Resources = std::map<std::string, int>;

/// The retry policy of a task.
struct RetryPolicy {
    int attempts = 5;                                 ///< tries at transient failures in one run
    std::chrono::milliseconds first_pause{1'000};     ///< doubles from try to try, with jitter
    std::chrono::milliseconds longest_pause{60'000};  ///< the pauses grow no further
    // Luigi's, kept by the scheduler across runs; no value: the scheduler's own. Transient and permanent failures
    // count.
    std::optional<int> retry_count{};  ///< failures within the window that disable the task for a day
    std::optional<std::chrono::seconds>
        disable_window{};  ///< failures longer ago do not count; scheduler's own: an hour
    std::optional<std::chrono::seconds> disable_hard_timeout{};  ///< a failure this long after the first one disables

    friend bool operator==(const RetryPolicy&, const RetryPolicy&) = default;
};

/// The scheduling policy of a task.
struct TaskPolicy {
    double priority = 0;                                 ///< higher runs first
    Resources resources{};                               ///< held while it runs
    RetryPolicy retry{};                                 ///< after a failure
    std::optional<std::chrono::milliseconds> timeout{};  ///< 0: none; nullopt: the run's (--default-timeout)
};

/// The failure of an attempt.
struct Failure {
    FailureClass failure_class = FailureClass::permanent;  ///< decides about a retry
    std::string message{};                                 ///< names the operation, its object and the reason
    std::optional<std::chrono::seconds> retry_after{};     ///< the pause that the server asked for
};

/// An attempt that has ended, as the scheduler has recorded it.
struct EndedAttempt {
    int number = 1;                     ///< as in its history, logs and receipt
    bool is_last = true;                ///< the run does not try again
    std::optional<Time> retry_at{};     ///< the next try, in this run unless `is_last`; none: never by itself
    std::chrono::milliseconds took{0};  ///< from its start to its end
};

}  // namespace freshet

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/error.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace freshet {

/// What run() of a task with dynamic requirements returns.
enum class Outcome {
    done,
    waiting,  ///< something it needs is not complete; run() starts again from the top once it is
};

/// What a class of tasks does for its completeness.
enum class TaskKind {
    task,      ///< runs
    wrapper,   ///< nothing to run: complete when all its requirements are
    external,  ///< somebody else makes its output
};

/// Where an attempt runs.
enum class Isolation {
    thread,   ///< of the worker: cheapest
    process,  ///< of its own: a crash, a leak or a hang ends the attempt, not the worker
};

/// What tasks use up while they run, by name; the scheduler never hands out more than there is.
using Resources = std::map<std::string, int>;

/// How failed attempts are repeated.
struct RetryPolicy {
    int attempts = 5;                              ///< tries at transient failures in one run
    std::chrono::milliseconds first_pause{1'000};  ///< doubles from try to try, with jitter
    std::chrono::milliseconds longest_pause{60'000};
    // Luigi's, kept by the scheduler across runs; no value: the scheduler's own.
    std::optional<int> retry_count;  ///< failures within the window that disable the task
    std::optional<std::chrono::seconds> disable_window;
    std::optional<std::chrono::seconds> disable_hard_timeout;

    friend bool operator==(const RetryPolicy&, const RetryPolicy&) = default;
};

/// What the scheduler and the runner must know of a task before it runs.
struct TaskPolicy {
    double priority = 0;
    Resources resources{};
    RetryPolicy retry{};
    std::chrono::milliseconds timeout{0};  ///< 0: none
};

/// How an attempt ended that did not succeed.
struct Failure {
    FailureClass failure_class = FailureClass::permanent;
    std::string message;
    std::optional<std::chrono::seconds> retry_after{};
};

}  // namespace freshet

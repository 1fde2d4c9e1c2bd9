// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/context.hpp"
#include "freshet/event.hpp"
#include "freshet/http.hpp"
#include "freshet/task.hpp"
#include "target/staged_output.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace freshet::target {
class TemporarySweeper;
}

namespace freshet::worker {

/// One try at a task by the worker that holds its lease.
struct Attempt {
    AnyTask task;
    std::string token;  ///< different for each attempt anywhere; stands in file names: letters and digits only
    int number = 1;     ///< 1 at the first try
    std::string run_id{};
    std::string traceparent{};
    std::string code_version{};
};

enum class AttemptStatus {
    done,     ///< ran, and its outputs are staged: to be published
    waiting,  ///< needs tasks that are not complete; run() starts again from the top once they are
    failed,
};

/// How an attempt ended. Whoever gets it publishes or discards what is staged.
struct AttemptResult {
    std::string token;
    AttemptStatus status = AttemptStatus::failed;
    std::vector<target::StagedOutput> staged{};  ///< in the order in which they are to be published
    std::vector<AnyTask> missing{};              ///< when waiting: what for
    std::vector<Event> events{};                 ///< when done: what it announced
    Failure failure{};                           ///< when failed
    bool disk_full = false;                      ///< failed because there was no room left
    Time started{};
    Time ended{};
};

/// What the attempts of one process share.
struct AttemptServices {
    const Clock& clock;
    std::function<http::Client&()> http;
    target::TemporarySweeper& sweeper;
    bool is_own_process = false;  ///< the attempt is alone in its process, and leads its process group
};

/// Runs the task in this thread. Never throws: what goes wrong is in the result, and the task's on_failure was called.
AttemptResult run_attempt(const Attempt& attempt, const AttemptServices& services, Reporter& reporter,
                          const std::function<bool()>& cancelled);

/// How long an attempt may take; 0: as long as it likes. Never throws: what is wrong with the task's own timeout() was
/// found when it was planned.
std::chrono::milliseconds timeout_of(const AnyTask& task);

/// An attempt that was told to end did not fail by itself: its failure becomes a transient one, for this reason.
void mark_transient(AttemptResult& result, const std::string& reason);

/// Tells the task that an attempt at it failed; what its on_failure throws becomes a warning.
void call_on_failure(const AnyTask& task, const Failure& failure, Reporter& reporter);

}  // namespace freshet::worker

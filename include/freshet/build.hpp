// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/event.hpp"
#include "freshet/registry.hpp"
#include "freshet/slurm.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace freshet {

/// The result of a task in one run, in the words of the summary.
enum class TaskStatus {
    complete,           ///< its output existed: not run
    done,               ///< ran and is complete
    failed,             ///< ran and failed for good, or ran out of attempts
    not_ready,          ///< an external input does not exist yet
    missing_external,   ///< external, and its output does not exist
    scheduling_failed,  ///< its completeness or its requirements could not be found out
    running_elsewhere,  ///< another worker of the same scheduler was still running it
    not_run,            ///< something it requires did not come about, or the run ended before its turn
};

/// The result of a task in one run.
struct TaskResult {
    AnyTask task;           ///< the task
    TaskStatus status;      ///< its status at the end of the run
    int attempts = 0;       ///< number of its attempts in this run
    std::string message{};  ///< why it failed, or which requirement kept it from starting
};

/// Families that share a resource of the machine, like its link: so many of their attempts are made at once.
struct FamilyLimit {
    std::vector<std::string> families;  ///< names of classes
    int attempts = 1;                   ///< at once, of all of them together
};

/// The attempts that a run makes at once.
struct Concurrency {
    int attempts = 1;                   ///< at once, of all tasks
    std::vector<FamilyLimit> limits{};  ///< of some of them
};

/// The results of a run.
struct BuildResult {
    std::vector<TaskResult> tasks;  ///< in the order in which they were found
    bool succeeded() const;         ///< every task is complete
};

/// Receives what happens in a run, once the scheduler has recorded it. Called on a thread of the library's own, one
/// call after the other; the run ends when the last one has returned. What a call throws is logged.
class RunObserver {
public:
    virtual ~RunObserver() = default;
    /// An attempt has begun.
    virtual void started(const AnyTask&, int /*attempt*/) {}
    /// An attempt has reported the fraction done, 0 to 1.
    virtual void progressed(const AnyTask&, double /*fraction*/) {}
    /// The task is complete, its outputs are in place.
    virtual void succeeded(const AnyTask&, const EndedAttempt&) {}
    /// The attempt was the last one of this run.
    virtual void failed(const AnyTask&, const Failure&, const EndedAttempt&) {}
    /// The attempt has failed, and another one will be made.
    virtual void retried(const AnyTask&, const Failure&, const EndedAttempt&) {}
    /// The run has ended without an attempt at the task, which is not complete; the message says why.
    virtual void skipped(const TaskResult&) {}
    /// The last call. There is none when the run ends with an exception.
    virtual void run_ended(const BuildResult&) {}
};

/// Options of build(), those of the command `run`.
struct BuildOptions {
    int workers = 1;                               ///< attempts at once; 0: only registers at `scheduler`
    std::vector<FamilyLimit> limits{};             ///< of some of them
    Engine engine = Engine::by_class;              ///< where attempts are made
    SlurmOptions slurm{};                          ///< of those in Slurm jobs, before [slurm]
    std::optional<std::filesystem::path> state{};  ///< the scheduler's file; none: forgotten at the end
    std::vector<std::shared_ptr<Sink>> sinks{};    ///< where announced events go
    std::string scheduler{};                       ///< URL of a freshetd or luigid; empty: an embedded one
    std::string token{};                           ///< for that scheduler; empty: none
    Resources resources{};                         ///< limits for the embedded scheduler, before [resources]
    std::optional<Time> wait_until{};              ///< deadline of data that is not ready; none: one check
    std::chrono::milliseconds default_timeout{0};  ///< of attempts at tasks without timeout(); 0: none
    std::optional<int> max_tasks{};                ///< of those that are not complete; none: no limit
    std::stop_token stop{};                        ///< when requested, nothing more is started
    const Clock* clock = nullptr;                  ///< outlives the call; null: the system's
    std::shared_ptr<RunObserver> observer{};       ///< none: nobody
    /// A file as for --config: its sections, and FRESHET_FAMILY__PARAMETER in the environment, give values to the tasks
    /// that are made without them; [resources] limits, [slurm] says more of jobs. [run] and [[sink]] are rejected: they
    /// are the command line's. None: no configuration, nor the environment's.
    std::optional<std::filesystem::path> config_file{};
};

/// Brings `roots` and everything they require up to date. A task's failure is in the result; what cannot be planned
/// (a cycle, two tasks with one output), invalid options or configuration and what cannot be stored is thrown.
BuildResult build(const Registry& registry, const std::vector<AnyTask>& roots, const BuildOptions& options = {});

}  // namespace freshet

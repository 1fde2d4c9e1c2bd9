// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/event.hpp"
#include "freshet/registry.hpp"

#include <filesystem>
#include <memory>
#include <optional>
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

struct TaskResult {
    AnyTask task;
    TaskStatus status;
    int attempts = 0;
    std::string message{};  ///< why it failed, or which requirement kept it from starting
};

/// Families that share a resource of the machine, like its link: so many of their attempts are made at once.
struct FamilyLimit {
    std::vector<std::string> families;
    int attempts = 1;
};

/// The attempts that a run makes at once.
struct Concurrency {
    int attempts = 1;
    std::vector<FamilyLimit> limits{};  ///< of some of them
};

struct BuildOptions {
    int workers = 1;                               ///< attempts at once
    std::optional<std::filesystem::path> state{};  ///< the scheduler's file; none: forgotten at the end
    std::vector<std::shared_ptr<Sink>> sinks{};    ///< where announced events go
    /// A file as for --config: its sections, and FRESHET_FAMILY__PARAMETER in the environment, give values to the tasks
    /// that are made without them; [resources] limits. [run] and [[sink]] are rejected: they are the command line's.
    /// None: no configuration, nor the environment's.
    std::optional<std::filesystem::path> config_file{};
};

struct BuildResult {
    std::vector<TaskResult> tasks;  ///< in the order in which they were found
    bool succeeded() const;         ///< every task is complete
};

/// Brings `roots` and everything they require up to date. A task's failure is in the result; what cannot be planned
/// (a cycle, two tasks with one output), an invalid configuration and what cannot be stored is thrown.
BuildResult build(const Registry& registry, const std::vector<AnyTask>& roots, const BuildOptions& options = {});

}  // namespace freshet

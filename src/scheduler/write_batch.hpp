// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/error.hpp"
#include "freshet/event.hpp"
#include "freshet/json.hpp"
#include "rpc/requests.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace freshet::scheduler {

/// A saved task, worker, family, failure of a root, or the settings.
struct Record {
    std::string id;
    std::string family{};  ///< tasks only, as the next three
    std::string params{};  ///< JSON, as is the content
    rpc::Status status = rpc::Status::unknown;
    Time updated{};
    std::string content{};
};

/// Start of an attempt.
struct AttemptStarted {
    std::string task_id;
    std::uint32_t number = 0;
    std::string worker;
    Time at{};
    std::string run_id{};  ///< that of the worker, if it named one
};

/// End of an attempt.
struct AttemptEnded {
    std::string task_id;
    std::string worker;
    Time at{};
    std::string status;  ///< DONE, FOUND (complete before it ran), FAILED, PENDING (released), LOST
    std::optional<FailureClass> failure_class{};
    std::string message{};
    Json facts{};           ///< reported by the worker
    bool has_begun = true;  ///< else there was none: the history forgets it
};

/// The last attempt of the worker at the task, which was ended as LOST, goes on.
struct AttemptResumed {
    std::string task_id;
    std::string worker;
};

/// A change of a task's status, or a repeated report.
struct HistoryEntry {
    std::string task_id;
    Time at{};
    rpc::Status status = rpc::Status::unknown;
    std::string worker{};  ///< the reporter: a worker, "operator NAME", or "" for the scheduler itself
    std::string detail{};
};

/// Start, end or resumption of an attempt, in order of occurrence.
struct AttemptStep {
    std::optional<AttemptStarted> started{};
    std::optional<AttemptEnded> ended{};
    std::optional<AttemptResumed> resumed{};
};

/// Start of a worker's run, or its end.
struct RunStep {
    /// Result of a run, as its worker told it.
    struct End {
        std::optional<int> exit_code{};  ///< none: its worker has not told it
        std::string summary{};
    };
    std::string run_id;
    Time at{};
    std::string program{};  ///< of a start only, as the next three
    std::string command{};
    std::string host{};
    std::int64_t pid = 0;
    std::optional<End> end{};
};

/// Changes to be written in one transaction.
struct WriteBatch {
    Time::duration clock_change{};  ///< to be added to the start of what has not ended, before all the rest
    std::vector<std::string> removed_tasks;
    std::vector<Record> tasks;
    std::vector<std::string> removed_workers;
    std::vector<Record> workers;
    std::vector<Record> families;  ///< persistent statistics
    std::vector<std::string> removed_root_failures;
    std::vector<Record> root_failures;
    std::optional<std::string> settings;  ///< JSON: pause, limits, reserved leases, ...
    std::vector<RunStep> runs;
    std::vector<AttemptStep> attempts;
    std::vector<HistoryEntry> history;
    std::vector<Event> events;

    bool empty() const {
        return clock_change == Time::duration::zero() && removed_tasks.empty() && tasks.empty() &&
               removed_workers.empty() && workers.empty() && families.empty() && removed_root_failures.empty() &&
               root_failures.empty() && !settings && runs.empty() && attempts.empty() && history.empty() &&
               events.empty();
    }
};

}  // namespace freshet::scheduler

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/error.hpp"
#include "freshet/event.hpp"
#include "freshet/json.hpp"
#include "rpc/task_requests.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace freshet::scheduler {

/// A task, worker or the settings as they are to be found again at the next start.
struct Record {
    std::string id;
    std::string family{};  ///< of tasks only, as are the next three
    std::string params{};  ///< JSON, as is the content
    rpc::Status status = rpc::Status::unknown;
    Time updated{};
    std::string content{};
};

struct AttemptStarted {
    std::string task_id;
    std::uint32_t number = 0;
    std::string worker;
    Time at{};
};

struct AttemptEnded {
    std::string task_id;
    std::string worker;
    Time at{};
    std::string status;  ///< DONE, FOUND (its output was there), FAILED, PENDING (given back), LOST
    std::optional<FailureClass> failure_class{};
    std::string message{};
    Json facts{};  ///< what the worker said about it
};

/// A task's status changed, or a worker reported it again.
struct HistoryEntry {
    std::string task_id;
    Time at{};
    rpc::Status status = rpc::Status::unknown;
    std::string worker{};
    std::string detail{};
};

/// A step of an attempt, in the order in which they happened.
struct AttemptStep {
    std::optional<AttemptStarted> started{};
    std::optional<AttemptEnded> ended{};
};

/// What happened since the last time, to be written in one transaction.
struct WriteBatch {
    std::vector<std::string> removed_tasks;
    std::vector<Record> tasks;
    std::vector<std::string> removed_workers;
    std::vector<Record> workers;
    std::vector<Record> families;  ///< what is remembered of them
    std::optional<Json> settings;  ///< pause, limits, the next lease
    std::vector<AttemptStep> attempts;
    std::vector<HistoryEntry> history;
    std::vector<Event> events;

    bool empty() const {
        return removed_tasks.empty() && tasks.empty() && removed_workers.empty() && workers.empty() &&
               families.empty() && !settings && attempts.empty() && history.empty() && events.empty();
    }
};

}  // namespace freshet::scheduler

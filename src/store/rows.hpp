// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace freshet::store {

/// A task as the scheduler knows it: `record` is all of it, the rest repeats what others look for.
struct TaskRow {
    std::string task_id;
    std::string family;
    std::string params;  ///< a JSON object of texts
    std::string status;
    Time updated{};
    std::string record;  ///< JSON that only the scheduler reads

    friend bool operator==(const TaskRow&, const TaskRow&) = default;
};

struct WorkerRow {
    std::string worker_id;
    std::string record;  ///< JSON that only the scheduler reads

    friend bool operator==(const WorkerRow&, const WorkerRow&) = default;
};

/// One run of a task's run().
struct AttemptRow {
    std::string run_id;
    std::string task_id;
    int number = 1;  ///< as its receipt says it
    std::string worker;
    Time started{};
    std::optional<Time> ended{};
    std::string status = "RUNNING";
    std::string failure_class{};
    std::string message{};
    std::string receipt_digest{};

    friend bool operator==(const AttemptRow&, const AttemptRow&) = default;
};

/// How an attempt ended.
struct AttemptEnd {
    std::string task_id;
    std::string worker;
    Time ended{};
    std::string status;
    std::string failure_class{};
    std::string message{};
    std::string receipt_digest{};
};

/// One change of a task's state.
struct HistoryRow {
    Time at{};
    std::string task_id;
    std::string status;
    std::string worker{};
    std::string detail{};

    friend bool operator==(const HistoryRow&, const HistoryRow&) = default;
};

/// One start of a program that owned the state.
struct RunRow {
    std::string run_id;
    Time started{};
    std::optional<Time> ended{};
    std::string program;
    std::string command;
    std::string host;
    std::int64_t pid = 0;
    std::optional<int> exit_code{};
    std::string summary{};

    friend bool operator==(const RunRow&, const RunRow&) = default;
};

}  // namespace freshet::store

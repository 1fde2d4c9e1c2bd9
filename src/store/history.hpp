// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "store/database.hpp"
#include "store/state_file.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::store {

/// A task of the scheduler: `record` holds all of it, the other columns are for queries.
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

/// An attempt.
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

/// The end of an attempt.
struct AttemptEnd {
    std::string task_id;
    std::string worker;
    Time ended{};
    std::string status;
    std::string failure_class{};
    std::string message{};
    std::string receipt_digest{};
};

/// A status change of a task.
struct HistoryRow {
    Time at{};
    std::string task_id;
    std::string status;
    std::string worker{};  ///< the reporter: a worker, "operator NAME", or "" for the scheduler itself
    std::string detail{};

    friend bool operator==(const HistoryRow&, const HistoryRow&) = default;
};

/// A run: one start of a program that owned the state.
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

/// Deletes old rows of a table in batches, oldest first. Ids are in insertion order and times nearly are: it stops
/// after several batches without a deletion, so that neither a running attempt nor a wrong clock blocks later rows.
class BatchedDelete {
public:
    /// `is_old` is an SQL condition with ?3 as the time limit.
    BatchedDelete(Database& database, std::string_view table, std::string_view is_old);

    /// Deletes in the next batch. Returns true when there may be more; else the next call starts again.
    bool step(Time before, std::int64_t batch_size);

private:
    Statement last_, remove_;
    std::int64_t last_id_ = 0;
    int empty_steps_ = 0;  ///< consecutive batches without a deletion
};

/// Queries for `why`, `history` and the pages; works with StateFile::open_read_only().
class History {
public:
    explicit History(StateFile& state);

    std::optional<TaskRow> task(std::string_view task_id);
    /// Tasks of one family, most recently changed first.
    std::vector<TaskRow> tasks_of_family(std::string_view family, int limit);
    /// Oldest first.
    std::vector<AttemptRow> attempts_of(std::string_view task_id);
    /// Newest first.
    std::vector<AttemptRow> newest_attempts_of(std::string_view task_id, int limit);
    /// Oldest first.
    std::vector<HistoryRow> changes_of(std::string_view task_id);
    /// Newest first.
    std::vector<HistoryRow> newest_changes_of(std::string_view task_id, int limit);
    /// Those of one run, oldest first; `limit` at most.
    std::vector<AttemptRow> attempts_of_run(const RunRow& run, int limit);
    /// Newest first.
    std::vector<RunRow> runs(int limit);
    /// Those that began before a time, newest first.
    std::vector<RunRow> runs_before(Time time, int limit);
    std::optional<RunRow> run(std::string_view run_id);

private:
    std::int64_t first_attempt_since(Time time);

    Statement task_, tasks_of_family_;
    Statement attempts_of_, newest_attempts_of_;
    Statement newest_attempt_id_, attempt_start_, attempts_of_run_;
    Statement changes_of_, newest_changes_of_;
    Statement runs_, runs_before_, run_;
};

}  // namespace freshet::store

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/pruning.hpp"
#include "store/rows.hpp"
#include "store/state_file.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace freshet::store {

/// What the scheduler writes through, and what it loads at a start. Changes are made between StateFile::begin() and the
/// commit of the transaction, as many in one as arrive together; all of them may be written again after a failed
/// commit.
class StateTables {
public:
    explicit StateTables(StateFile& state);

    /// Adds the task, or replaces all but its place in the order of loading.
    void upsert_task(const TaskRow& row);
    void remove_task(std::string_view task_id);
    /// Visits all tasks in the order in which they were first seen.
    void load_tasks(const std::function<void(TaskRow&&)>& visit);
    /// The places in that order, of which few are empty.
    std::size_t estimated_task_count();
    /// The same as load_tasks(), of each only its id and its record, which are valid inside the visit.
    void load_records(const std::function<void(std::string_view task_id, std::string_view record)>& visit);

    void upsert_worker(const WorkerRow& row);
    void remove_worker(std::string_view worker_id);
    void load_workers(const std::function<void(WorkerRow&&)>& visit);

    void set_meta(std::string_view key, std::string_view value);
    std::optional<std::string> meta(std::string_view key);
    /// Visits what has a key with that beginning: the rest of the key, and the value.
    void load_meta(std::string_view prefix, const std::function<void(std::string&&, std::string&&)>& visit);

    void start_run(const RunRow& row);
    void end_run(std::string_view run_id, Time ended, int exit_code, std::string_view summary);

    /// At a start: ends the runs that a dead owner left open; what they did stays as it is.
    void end_lost_runs(Time ended, std::string_view summary);

    void start_attempt(const AttemptRow& row);
    /// Ends the running attempt of that worker at that task; false when there is none.
    bool end_attempt(const AttemptEnd& end);
    /// At a start: ends, as lost, the attempts that a dead owner left running; returns how many.
    int end_lost_attempts(Time ended, std::string_view message);

    void add_history(const HistoryRow& row);
    /// Forgets state changes, ended attempts and ended runs of before that time, so many of each; tasks and workers
    /// stay. Returns whether there may be more: who must not be held up for long asks again later.
    bool prune_history(Time before, std::int64_t batch_size);

private:
    Statement upsert_task_, remove_task_, load_tasks_, estimated_task_count_, load_records_;
    Statement upsert_worker_, remove_worker_, load_workers_;
    Statement set_meta_, meta_, load_meta_;
    Statement start_run_, end_run_, end_lost_runs_;
    Statement start_attempt_, end_attempt_, end_lost_attempts_;
    Statement add_history_;
    BatchedDelete old_history_, old_attempts_;
    Statement prune_runs_;
    bool history_is_pruned_ = false, attempts_are_pruned_ = false;  // until both are
};

}  // namespace freshet::store

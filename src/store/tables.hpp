// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/history.hpp"
#include "store/state_file.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::store {

/// The tables that the scheduler writes, and loads at a start. Make changes between StateFile::begin() and the commit
/// of the transaction; after a failed commit all of them may be written again.
class StateTables {
public:
    explicit StateTables(StateFile& state);

    /// Inserts or updates the task; an update keeps its position in the loading order.
    void upsert_task(const TaskRow& row);
    void remove_task(std::string_view task_id);
    /// Visits all tasks in the order of their first registration.
    void load_tasks(const std::function<void(TaskRow&&)>& visit);
    /// The range of positions in that order; few are unused.
    std::size_t estimated_task_count();
    /// load_tasks() with only ids and records, valid inside the visit.
    void load_records(const std::function<void(std::string_view task_id, std::string_view record)>& visit);

    void upsert_worker(const WorkerRow& row);
    void remove_worker(std::string_view worker_id);
    void load_workers(const std::function<void(WorkerRow&&)>& visit);

    void set_meta(std::string_view key, std::string_view value);
    void remove_meta(std::string_view key);
    std::optional<std::string> meta(std::string_view key);
    /// Visits the entries whose key has the prefix: the rest of the key, and the value.
    void load_meta(std::string_view prefix, const std::function<void(std::string&&, std::string&&)>& visit);

    void start_run(const RunRow& row);
    /// `exit_code` is absent for a run whose process died.
    void end_run(std::string_view run_id, Time ended, std::optional<int> exit_code, std::string_view summary);

    /// The runs that have not ended.
    std::vector<std::string> open_runs();

    /// Adds the change of a clock that was set to the start of the runs and attempts that have not ended.
    void shift_unended(Time::duration change);

    void start_attempt(const AttemptRow& row);
    /// Ends the running attempt of a worker at a task; false without one.
    bool end_attempt(const AttemptEnd& end);
    /// Removes the running attempt of a worker at a task, which never began.
    void remove_attempt(std::string_view task_id, std::string_view worker);
    /// The worker and the status of the last attempt at the task, if there was one.
    struct LastAttempt {
        std::string worker;
        std::string status;
    };
    std::optional<LastAttempt> last_attempt(std::string_view task_id);
    /// Reopens the worker's last attempt at the task if that was lost.
    void resume_attempt(std::string_view task_id, std::string_view worker);
    /// Ends, as lost, the attempts that a run left running; returns their number.
    int end_lost_attempts(std::string_view run_id, Time ended, std::string_view message);

    void add_history(const HistoryRow& row);
    /// Deletes history rows, ended attempts and ended runs before that time, up to `batch_size` of each; tasks and
    /// workers stay. Returns true when there may be more.
    bool prune_history(Time before, std::int64_t batch_size);

private:
    Statement upsert_task_, remove_task_, load_tasks_, estimated_task_count_, load_records_;
    Statement upsert_worker_, remove_worker_, load_workers_;
    Statement set_meta_, remove_meta_, meta_, load_meta_;
    Statement start_run_, end_run_, open_runs_;
    Statement shift_runs_, shift_attempts_;
    Statement start_attempt_, end_attempt_, remove_attempt_, last_attempt_, resume_attempt_, end_lost_attempts_;
    Statement add_history_;
    BatchedDelete old_history_, old_attempts_;
    Statement prune_runs_;
    bool history_is_pruned_ = false, attempts_are_pruned_ = false;  // until both are
};

}  // namespace freshet::store

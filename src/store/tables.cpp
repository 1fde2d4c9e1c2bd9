// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/tables.hpp"

namespace freshet::store {

StateTables::StateTables(StateFile& state)
    : upsert_task_(state.database().prepare(
          "INSERT INTO tasks(task_id, family, params, status, updated, record) VALUES(?, ?, ?, ?, ?, ?) "
          "ON CONFLICT(task_id) DO UPDATE SET family = excluded.family, params = excluded.params, "
          "status = excluded.status, updated = excluded.updated, record = excluded.record")),
      remove_task_(state.database().prepare("DELETE FROM tasks WHERE task_id = ?")),
      load_tasks_(state.database().prepare(
          "SELECT task_id, family, params, status, updated, record FROM tasks ORDER BY position")),
      estimated_task_count_(state.database().prepare("SELECT max(position) - min(position) + 1 FROM tasks")),
      load_records_(state.database().prepare("SELECT task_id, record FROM tasks ORDER BY position")),
      upsert_worker_(state.database().prepare("INSERT OR REPLACE INTO workers VALUES(?, ?)")),
      remove_worker_(state.database().prepare("DELETE FROM workers WHERE worker_id = ?")),
      load_workers_(state.database().prepare("SELECT worker_id, record FROM workers ORDER BY worker_id")),
      set_meta_(state.database().prepare("INSERT OR REPLACE INTO meta VALUES(?, ?)")),
      remove_meta_(state.database().prepare("DELETE FROM meta WHERE key = ?")),
      meta_(state.database().prepare("SELECT value FROM meta WHERE key = ?")),
      load_meta_(state.database().prepare(
          "SELECT substr(key, length(?1) + 1), value FROM meta WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key")),
      start_run_(state.database().prepare(
          "INSERT OR REPLACE INTO runs(run_id, started, ended, program, command, host, pid, exit_code, summary) "
          "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)")),
      end_run_(state.database().prepare("UPDATE runs SET ended = ?2, exit_code = ?3, summary = ?4 WHERE run_id = ?1")),
      open_runs_(state.database().prepare("SELECT run_id FROM runs WHERE ended IS NULL")),
      shift_runs_(state.database().prepare("UPDATE runs SET started = started + ? WHERE ended IS NULL")),
      shift_attempts_(state.database().prepare("UPDATE attempts SET started = started + ? WHERE ended IS NULL")),
      start_attempt_(state.database().prepare(
          "INSERT INTO attempts(run_id, task_id, number, worker, started, ended, status, failure_class, message, "
          "receipt_digest) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")),
      end_attempt_(state.database().prepare(
          "UPDATE attempts SET ended = ?3, status = ?4, failure_class = ?5, message = ?6, receipt_digest = ?7 "
          "WHERE task_id = ?1 AND ended IS NULL AND worker = ?2")),
      remove_attempt_(
          state.database().prepare("DELETE FROM attempts WHERE task_id = ? AND ended IS NULL AND worker = ?")),
      last_attempt_(
          state.database().prepare("SELECT worker, status FROM attempts WHERE task_id = ? ORDER BY id DESC LIMIT 1")),
      resume_attempt_(state.database().prepare(
          "UPDATE attempts SET ended = NULL, status = 'RUNNING', message = '' WHERE status = 'LOST' AND id = "
          "(SELECT max(id) FROM attempts WHERE task_id = ?1 AND worker = ?2)")),
      end_lost_attempts_(state.database().prepare("UPDATE attempts SET ended = ?2, status = 'LOST', message = ?3 "
                                                  "WHERE ended IS NULL AND run_id = ?1")),
      add_history_(
          state.database().prepare("INSERT INTO history(at, task_id, status, worker, detail) VALUES(?, ?, ?, ?, ?)")),
      old_history_(state.database(), "history", "at < ?3"),
      old_attempts_(state.database(), "attempts", "started < ?3 AND ended < ?3"),
      prune_runs_(state.database().prepare("DELETE FROM runs WHERE started < ?1 AND ended < ?1")) {}

void StateTables::upsert_task(const TaskRow& row) {
    upsert_task_.run(row.task_id, row.family, row.params, row.status, row.updated, row.record);
}

void StateTables::remove_task(std::string_view task_id) { remove_task_.run(task_id); }

void StateTables::load_tasks(const std::function<void(TaskRow&&)>& visit) {
    load_tasks_.each([&](const Row& row) {
        visit({.task_id = row.get<std::string>(0),
               .family = row.get<std::string>(1),
               .params = row.get<std::string>(2),
               .status = row.get<std::string>(3),
               .updated = row.get<Time>(4),
               .record = row.get<std::string>(5)});
    });
}

std::size_t StateTables::estimated_task_count() {
    return static_cast<std::size_t>(estimated_task_count_.first<std::int64_t>().value_or(0));
}

void StateTables::load_records(const std::function<void(std::string_view task_id, std::string_view record)>& visit) {
    load_records_.each([&](const Row& row) { visit(row.text(0), row.text(1)); });
}

void StateTables::upsert_worker(const WorkerRow& row) { upsert_worker_.run(row.worker_id, row.record); }

void StateTables::remove_worker(std::string_view worker_id) { remove_worker_.run(worker_id); }

void StateTables::load_workers(const std::function<void(WorkerRow&&)>& visit) {
    load_workers_.each(
        [&](const Row& row) { visit({.worker_id = row.get<std::string>(0), .record = row.get<std::string>(1)}); });
}

void StateTables::set_meta(std::string_view key, std::string_view value) { set_meta_.run(key, value); }

void StateTables::remove_meta(std::string_view key) { remove_meta_.run(key); }

void StateTables::load_meta(std::string_view prefix, const std::function<void(std::string&&, std::string&&)>& visit) {
    load_meta_.each([&](const Row& row) { visit(row.get<std::string>(0), row.get<std::string>(1)); }, prefix);
}

std::optional<std::string> StateTables::meta(std::string_view key) { return meta_.first<std::string>(key); }

void StateTables::start_run(const RunRow& row) {
    start_run_.run(row.run_id, row.started, row.ended, row.program, row.command, row.host, row.pid, row.exit_code,
                   row.summary);
}

void StateTables::end_run(std::string_view run_id, Time ended, std::optional<int> exit_code, std::string_view summary) {
    end_run_.run(run_id, ended, exit_code, summary);
}

std::vector<std::string> StateTables::open_runs() {
    std::vector<std::string> runs;
    open_runs_.each([&](const Row& row) { runs.push_back(row.get<std::string>(0)); });
    return runs;
}

void StateTables::shift_unended(Time::duration change) {
    const double seconds = std::chrono::duration<double>(change).count();
    shift_runs_.run(seconds);
    shift_attempts_.run(seconds);
}

void StateTables::start_attempt(const AttemptRow& row) {
    start_attempt_.run(row.run_id, row.task_id, row.number, row.worker, row.started, row.ended, row.status,
                       row.failure_class, row.message, row.receipt_digest);
}

bool StateTables::end_attempt(const AttemptEnd& end) {
    return end_attempt_.run(end.task_id, end.worker, end.ended, end.status, end.failure_class, end.message,
                            end.receipt_digest) > 0;
}

void StateTables::remove_attempt(std::string_view task_id, std::string_view worker) {
    remove_attempt_.run(task_id, worker);
}

std::optional<StateTables::LastAttempt> StateTables::last_attempt(std::string_view task_id) {
    std::optional<LastAttempt> last;
    last_attempt_.each(
        [&](const Row& row) { last = {.worker = row.get<std::string>(0), .status = row.get<std::string>(1)}; },
        task_id);
    return last;
}

void StateTables::resume_attempt(std::string_view task_id, std::string_view worker) {
    resume_attempt_.run(task_id, worker);
}

int StateTables::end_lost_attempts(std::string_view run_id, Time ended, std::string_view message) {
    return end_lost_attempts_.run(run_id, ended, message);
}

void StateTables::add_history(const HistoryRow& row) {
    add_history_.run(row.at, row.task_id, row.status, row.worker, row.detail);
}

bool StateTables::prune_history(Time before, std::int64_t batch_size) {
    if (!history_is_pruned_) history_is_pruned_ = !old_history_.step(before, batch_size);
    if (!attempts_are_pruned_) attempts_are_pruned_ = !old_attempts_.step(before, batch_size);
    prune_runs_.run(before);  // as few as there were starts
    const bool is_more = !history_is_pruned_ || !attempts_are_pruned_;
    if (!is_more) history_is_pruned_ = attempts_are_pruned_ = false;
    return is_more;
}

}  // namespace freshet::store

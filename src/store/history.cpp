// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/history.hpp"

#include <fmt/format.h>

namespace freshet::store {

namespace {

TaskRow task_of(const Row& row) {
    return {.task_id = row.get<std::string>(0),
            .family = row.get<std::string>(1),
            .params = row.get<std::string>(2),
            .status = row.get<std::string>(3),
            .updated = row.get<Time>(4),
            .record = row.get<std::string>(5)};
}

AttemptRow attempt_of(const Row& row) {
    return {.run_id = row.get<std::string>(0),
            .task_id = row.get<std::string>(1),
            .number = row.get<int>(2),
            .worker = row.get<std::string>(3),
            .started = row.get<Time>(4),
            .ended = row.get<std::optional<Time>>(5),
            .status = row.get<std::string>(6),
            .failure_class = row.get<std::string>(7),
            .message = row.get<std::string>(8),
            .receipt_digest = row.get<std::string>(9)};
}

HistoryRow change_of(const Row& row) {
    return {.at = row.get<Time>(0),
            .task_id = row.get<std::string>(1),
            .status = row.get<std::string>(2),
            .worker = row.get<std::string>(3),
            .detail = row.get<std::string>(4)};
}

RunRow run_of(const Row& row) {
    return {.run_id = row.get<std::string>(0),
            .started = row.get<Time>(1),
            .ended = row.get<std::optional<Time>>(2),
            .program = row.get<std::string>(3),
            .command = row.get<std::string>(4),
            .host = row.get<std::string>(5),
            .pid = row.get<std::int64_t>(6),
            .exit_code = row.get<std::optional<int>>(7),
            .summary = row.get<std::string>(8)};
}

/// All rows of an answer, each made into a value by `make`.
template <class T, class... Values>
std::vector<T> collect(Statement& statement, T (*make)(const Row&), const Values&... values) {
    std::vector<T> rows;
    statement.each([&](const Row& row) { rows.push_back(make(row)); }, values...);
    return rows;
}

template <class T>
std::optional<T> only(std::vector<T> rows) {
    if (rows.empty()) return std::nullopt;
    return std::move(rows.front());
}

constexpr const char* task_by_id =
    "SELECT task_id, family, params, status, updated, record FROM tasks WHERE task_id = ?";
constexpr const char* tasks_by_family =
    "SELECT task_id, family, params, status, updated, record FROM tasks WHERE family = ? "
    "ORDER BY updated DESC, position DESC LIMIT ?";
constexpr const char* attempts_by_task =
    "SELECT run_id, task_id, number, worker, started, ended, status, failure_class, message, receipt_digest "
    "FROM attempts WHERE task_id = ? ORDER BY id";
constexpr const char* newest_attempts_by_task =
    "SELECT run_id, task_id, number, worker, started, ended, status, failure_class, message, receipt_digest "
    "FROM attempts WHERE task_id = ? ORDER BY id DESC LIMIT ?";
constexpr const char* newest_attempt_id = "SELECT max(id) FROM attempts";
constexpr const char* attempt_start = "SELECT started FROM attempts WHERE id >= ? ORDER BY id LIMIT 1";
constexpr const char* attempts_by_run =
    "SELECT run_id, task_id, number, worker, started, ended, status, failure_class, message, receipt_digest "
    "FROM attempts WHERE id >= ? AND run_id = ? AND started <= ? ORDER BY id LIMIT ?";
constexpr const char* changes_by_task =
    "SELECT at, task_id, status, worker, detail FROM history WHERE task_id = ? ORDER BY id";
constexpr const char* newest_changes_by_task =
    "SELECT at, task_id, status, worker, detail FROM history WHERE task_id = ? ORDER BY id DESC LIMIT ?";
constexpr const char* runs_by_time =
    "SELECT run_id, started, ended, program, command, host, pid, exit_code, summary FROM runs ORDER BY started DESC "
    "LIMIT ?";
constexpr const char* runs_before_time =
    "SELECT run_id, started, ended, program, command, host, pid, exit_code, summary FROM runs WHERE started < ? "
    "ORDER BY started DESC LIMIT ?";
constexpr const char* run_by_id =
    "SELECT run_id, started, ended, program, command, host, pid, exit_code, summary FROM runs WHERE run_id = ?";

constexpr int max_empty_steps = 20;  // steps

}  // namespace

History::History(StateFile& state)
    : task_(state.database().prepare(task_by_id)),
      tasks_of_family_(state.database().prepare(tasks_by_family)),
      attempts_of_(state.database().prepare(attempts_by_task)),
      newest_attempts_of_(state.database().prepare(newest_attempts_by_task)),
      newest_attempt_id_(state.database().prepare(newest_attempt_id)),
      attempt_start_(state.database().prepare(attempt_start)),
      attempts_of_run_(state.database().prepare(attempts_by_run)),
      changes_of_(state.database().prepare(changes_by_task)),
      newest_changes_of_(state.database().prepare(newest_changes_by_task)),
      runs_(state.database().prepare(runs_by_time)),
      runs_before_(state.database().prepare(runs_before_time)),
      run_(state.database().prepare(run_by_id)) {}

std::optional<TaskRow> History::task(std::string_view task_id) { return only(collect(task_, task_of, task_id)); }

std::vector<TaskRow> History::tasks_of_family(std::string_view family, int limit) {
    return collect(tasks_of_family_, task_of, family, limit);
}

std::vector<AttemptRow> History::attempts_of(std::string_view task_id) {
    return collect(attempts_of_, attempt_of, task_id);
}

std::vector<AttemptRow> History::newest_attempts_of(std::string_view task_id, int limit) {
    return collect(newest_attempts_of_, attempt_of, task_id, limit);
}

// Ids are in the order of insertion, and times nearly are: there is no index by time.
std::int64_t History::first_attempt_since(Time time) {
    std::int64_t low = 1, high = newest_attempt_id_.first<std::int64_t>().value_or(0) + 1;
    while (low < high) {
        const std::int64_t middle = low + (high - low) / 2;
        const auto started = attempt_start_.first<Time>(middle);
        if (started && *started < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

std::vector<AttemptRow> History::attempts_of_run(const RunRow& run, int limit) {
    constexpr std::chrono::minutes clock_difference{1};  // of a worker's host
    const Time end = run.ended.value_or(Time::max() - clock_difference) + clock_difference;
    return collect(attempts_of_run_, attempt_of, first_attempt_since(run.started - clock_difference), run.run_id, end,
                   limit);
}

std::vector<HistoryRow> History::newest_changes_of(std::string_view task_id, int limit) {
    return collect(newest_changes_of_, change_of, task_id, limit);
}

std::vector<HistoryRow> History::changes_of(std::string_view task_id) {
    return collect(changes_of_, change_of, task_id);
}

std::vector<RunRow> History::runs(int limit) { return collect(runs_, run_of, limit); }

std::vector<RunRow> History::runs_before(Time time, int limit) { return collect(runs_before_, run_of, time, limit); }

std::optional<RunRow> History::run(std::string_view run_id) { return only(collect(run_, run_of, run_id)); }

BatchedDelete::BatchedDelete(Database& database, std::string_view table, std::string_view is_old)
    : last_(database.prepare(
          fmt::format("SELECT max(id) FROM (SELECT id FROM {} WHERE id > ?1 ORDER BY id LIMIT ?2)", table))),
      remove_(database.prepare(fmt::format("DELETE FROM {} WHERE id > ?1 AND id <= ?2 AND {}", table, is_old))) {}

bool BatchedDelete::step(Time before, std::int64_t batch_size) {
    const auto last = last_.first<std::optional<std::int64_t>>(last_id_, batch_size).value_or(std::nullopt);
    const bool has_removed = last && remove_.run(last_id_, *last, before) > 0;
    empty_steps_ = has_removed ? 0 : empty_steps_ + 1;
    const bool is_more = last && empty_steps_ < max_empty_steps;
    last_id_ = is_more ? *last : 0;
    if (!is_more) empty_steps_ = 0;
    return is_more;
}

}  // namespace freshet::store

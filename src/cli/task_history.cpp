// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/task_history.hpp"

#include "freshet/json.hpp"
#include "rpc/error_summary.hpp"
#include "rpc/requests.hpp"
#include "scheduler/explanation.hpp"
#include "scheduler/records.hpp"

#include <fmt/format.h>

#include <utility>

namespace freshet::cli {

namespace {

std::string loss_of(const store::AttemptRow& attempt) {
    if (attempt.status != lost_status) return {};
    return attempt.message.empty() ? "its worker was silent" : attempt.message;
}

}  // namespace

bool TaskHistory::has_failed() const {
    return last && last->ended &&
           (last->status == rpc::text(rpc::Status::failed) || last->status == rpc::text(rpc::Status::disabled));
}

std::string TaskHistory::describe_last() const {
    const auto number = static_cast<std::uint32_t>(last->number);
    if (!has_failed())
        return describe(
            scheduler::RunningAttempt{.since = last->started, .attempt = number, .worker = last->worker, .loss = loss});
    const std::string failure = describe(scheduler::FailedAttempt{
        .attempt = number,
        .at = *last->ended,
        .is_not_ready = is_not_ready(),
        .message = rpc::readable_message(last->message),
        .is_disabled = row && row->status == rpc::text(rpc::Status::disabled),
        .retry_at = retry_at,
    });
    if (!forgiven_at) return failure;
    return fmt::format("{}; an operator had it tried again at {}", failure, scheduler::format_time(*forgiven_at));
}

std::vector<std::string> TaskHistory::dependencies() const {
    return row ? scheduler::dependencies(Json::parse(row->record)) : std::vector<std::string>{};
}

TaskHistory task_history_of(store::AttemptRow last) {
    TaskHistory task_history{.loss = loss_of(last)};
    task_history.last = std::move(last);
    return task_history;
}

TaskHistory load_task_history(const std::string& task_id, StateReader& state, Time now) {
    store::History* history = state.history();
    if (!history) return {};
    TaskHistory task_history{.row = history->task(task_id)};
    if (task_history.row) {
        task_history.retry_at = scheduler::read_retry_at(Json::parse(task_history.row->record));
        const bool is_over = task_history.retry_at && *task_history.retry_at <= now;
        task_history.is_disabled = task_history.row->status == rpc::text(rpc::Status::disabled) && !is_over;
        if (is_over) task_history.retry_at.reset();
    }
    auto attempts = history->newest_attempts_of(task_id, 1);
    if (attempts.empty()) return task_history;
    task_history.loss = state.is_lost(attempts.front()) ? "its process died" : loss_of(attempts.front());
    task_history.last = std::move(attempts.front());
    if (task_history.row) task_history.forgiven_at = scheduler::read_forgiven_at(Json::parse(task_history.row->record));
    if (!task_history.last->ended || task_history.forgiven_at < task_history.last->ended)
        task_history.forgiven_at.reset();
    return task_history;
}

}  // namespace freshet::cli

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/past.hpp"

#include "freshet/json.hpp"
#include "rpc/error_summary.hpp"
#include "rpc/requests.hpp"
#include "scheduler/explanation.hpp"
#include "scheduler/records.hpp"

namespace freshet::run {

bool TaskHistory::has_failed() const { return last && last->ended && last->status == rpc::text(rpc::Status::failed); }

bool TaskHistory::is_not_ready() const { return has_failed() && last->failure_class == "not_yet"; }

std::string TaskHistory::describe_failure() const {
    return describe(scheduler::FailedAttempt{
        .attempt = static_cast<std::uint32_t>(last->number),
        .at = *last->ended,
        .is_not_ready = is_not_ready(),
        .message = rpc::readable_message(last->message),
        .is_disabled = row && row->status == rpc::text(rpc::Status::disabled),
        .retry_at = retry_at,
    });
}

std::string TaskHistory::describe_running() const {
    return describe(scheduler::RunningAttempt{last->started, static_cast<std::uint32_t>(last->number), last->worker});
}

std::vector<std::string> TaskHistory::dependencies() const {
    return row ? scheduler::dependencies(Json::parse(row->record)) : std::vector<std::string>{};
}

TaskHistory load_task_history(const std::string& task_id, store::History* history, Time now) {
    if (!history) return {};
    TaskHistory task_history{.row = history->task(task_id)};
    if (task_history.row) task_history.retry_at = scheduler::read_retry_at(Json::parse(task_history.row->record));
    if (task_history.retry_at && *task_history.retry_at <= now) task_history.retry_at.reset();
    if (auto attempts = history->attempts_of(task_id); !attempts.empty())
        task_history.last = std::move(attempts.back());
    return task_history;
}

}  // namespace freshet::run

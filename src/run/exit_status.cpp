// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/exit_status.hpp"

#include "base/config.hpp"
#include "store/state_file.hpp"
#include "worker/plan.hpp"
#include "worker/rpc_client.hpp"

#include <algorithm>

namespace freshet::run {

namespace {

constexpr ExitStatusHelp statuses[] = {
    {ExitStatus::success, "everything requested is complete", StatusScope::anything},
    {ExitStatus::already_running,
     "another program holds the state and does not share it, or another worker is running a task",
     StatusScope::schedulers},
    {ExitStatus::missing_data, "the output of an external task is missing"},
    {ExitStatus::not_run, "a task was not run, for none of the other reasons (for example a signal)"},
    {ExitStatus::task_failed, "a task or a command failed", StatusScope::anything},
    {ExitStatus::scheduling_error,
     "the plan cannot be made, the scheduler's state cannot be used, or maintenance after the run failed",
     StatusScope::schedulers},
    {ExitStatus::undelivered, "nothing failed, but a sink lacks an event: 'deliver' or the next run tries again"},
    {ExitStatus::unhandled, "unexpected error", StatusScope::anything},
    {ExitStatus::usage, "invalid command line", StatusScope::anything},
    {ExitStatus::unavailable, "the scheduler of --scheduler was unreachable for too long, or rejects the request",
     StatusScope::schedulers},
    {ExitStatus::not_ready, "nothing failed, but some data is not available yet: try again later"},
    {ExitStatus::configuration, "invalid configuration", StatusScope::schedulers},
};

/// The status that this task alone calls for. A task that was not started adds nothing to the status of its cause.
ExitStatus exit_status_of_task(const TaskResult& task_result) {
    switch (task_result.status) {
        case TaskStatus::complete:
        case TaskStatus::done:
        case TaskStatus::not_run:
            return ExitStatus::success;
        case TaskStatus::running_elsewhere:
            return ExitStatus::already_running;
        case TaskStatus::failed:
            return ExitStatus::task_failed;
        case TaskStatus::not_ready:
            return ExitStatus::not_ready;
        case TaskStatus::missing_external:
            return ExitStatus::missing_data;
        case TaskStatus::scheduling_failed:
            return ExitStatus::scheduling_error;
    }
    return ExitStatus::unhandled;
}

bool was_not_run(const TaskResult& task_result) { return task_result.status == TaskStatus::not_run; }

}  // namespace

std::span<const ExitStatusHelp> all_exit_statuses() { return statuses; }

ExitStatus exit_status_if_delivered(const SessionResult& result) {
    const bool was_cut_short = result.was_stopped && !result.succeeded();
    ExitStatus greatest = was_cut_short ? ExitStatus::not_run : ExitStatus::success;
    bool is_not_ready = false;
    for (const TaskResult& task_result : result.tasks) {
        const ExitStatus status = exit_status_of_task(task_result);
        if (status == ExitStatus::not_ready)
            is_not_ready = true;
        else
            greatest = std::max(greatest, status);
    }
    if (greatest != ExitStatus::success) return greatest;
    if (!is_not_ready && std::ranges::any_of(result.tasks, was_not_run)) return ExitStatus::not_run;
    return is_not_ready ? ExitStatus::not_ready : ExitStatus::success;
}

ExitStatus exit_status_of(const SessionResult& result) {
    const ExitStatus status = exit_status_if_delivered(result);
    const bool delivery_matters = status == ExitStatus::success || status == ExitStatus::not_ready;
    return delivery_matters && result.undelivered_events() > 0 ? ExitStatus::undelivered : status;
}

ExitStatus exit_status_of(const std::exception& error) {
    if (dynamic_cast<const ConfigError*>(&error)) return ExitStatus::configuration;
    if (dynamic_cast<const ParameterError*>(&error)) return ExitStatus::usage;
    if (dynamic_cast<const worker::UnavailableError*>(&error)) return ExitStatus::unavailable;
    if (dynamic_cast<const store::LockedError*>(&error)) return ExitStatus::already_running;
    if (dynamic_cast<const StoreError*>(&error) || dynamic_cast<const DiskFullError*>(&error) ||
        dynamic_cast<const worker::PlanError*>(&error))
        return ExitStatus::scheduling_error;
    if (dynamic_cast<const TransientError*>(&error)) return ExitStatus::not_ready;
    return ExitStatus::unhandled;
}

}  // namespace freshet::run

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_status.hpp"

#include "cli/configuration_error.hpp"
#include "store/state_file.hpp"
#include "worker/plan.hpp"
#include "worker/rpc_client.hpp"

#include <algorithm>

namespace freshet::run {

namespace {

constexpr ExitStatusHelp statuses[] = {
    {ExitStatus::complete, "everything asked for is complete"},
    {ExitStatus::already_running, "another run works on the same state, or another worker on a task"},
    {ExitStatus::missing_data, "an output that somebody else makes is missing"},
    {ExitStatus::not_run, "something was not run, without any of the other reasons (a signal, for one)"},
    {ExitStatus::task_failed, "a task failed"},
    {ExitStatus::scheduling_error, "the plan cannot be made, or the scheduler's state cannot be used"},
    {ExitStatus::unhandled, "an error nobody expected"},
    {ExitStatus::usage, "the command line is wrong"},
    {ExitStatus::unavailable, "the scheduler that --scheduler names was away for too long, or refuses"},
    {ExitStatus::not_ready, "nothing failed, but something is not there yet: try again later"},
    {ExitStatus::configuration, "the configuration is wrong"},
};

/// The status that this task alone calls for. What was only kept from starting adds nothing to the reason for it.
ExitStatus exit_status_of(const TaskResult& report) {
    switch (report.status) {
        case TaskStatus::complete:
        case TaskStatus::done:
        case TaskStatus::not_run:
            return ExitStatus::complete;
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

bool was_not_run(const TaskResult& report) { return report.status == TaskStatus::not_run; }

}  // namespace

std::span<const ExitStatusHelp> all_exit_statuses() { return statuses; }

ExitStatus exit_status_of(const SessionResult& result) {
    ExitStatus greatest = result.was_stopped ? ExitStatus::not_run : ExitStatus::complete;
    bool is_not_ready = false;
    for (const TaskResult& report : result.tasks) {
        const ExitStatus status = exit_status_of(report);
        if (status == ExitStatus::not_ready)
            is_not_ready = true;
        else
            greatest = std::max(greatest, status);
    }
    if (greatest != ExitStatus::complete) return greatest;
    if (is_not_ready) return ExitStatus::not_ready;
    return std::ranges::any_of(result.tasks, was_not_run) ? ExitStatus::not_run : ExitStatus::complete;
}

ExitStatus exit_status_of(const std::exception& error) {
    if (dynamic_cast<const ConfigError*>(&error)) return ExitStatus::configuration;
    if (dynamic_cast<const ParameterError*>(&error)) return ExitStatus::usage;
    if (dynamic_cast<const worker::UnavailableError*>(&error)) return ExitStatus::unavailable;
    if (dynamic_cast<const store::LockedError*>(&error)) return ExitStatus::already_running;
    if (dynamic_cast<const StoreError*>(&error) || dynamic_cast<const DiskFullError*>(&error) ||
        dynamic_cast<const worker::PlanError*>(&error))
        return ExitStatus::scheduling_error;
    return ExitStatus::unhandled;
}

}  // namespace freshet::run

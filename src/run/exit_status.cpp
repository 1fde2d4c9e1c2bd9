// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/exit_status.hpp"

#include "run/configuration_error.hpp"
#include "store/state_file.hpp"
#include "worker/plan.hpp"
#include "worker/scheduler_line.hpp"

#include <algorithm>

namespace freshet::run {

namespace {

constexpr StatusHelp statuses[] = {
    {Status::complete, "everything asked for is complete"},
    {Status::already_running, "another run works on the same state, or another worker on a task"},
    {Status::missing_data, "an output that somebody else makes is missing"},
    {Status::not_run, "something was not run, without any of the other reasons (a signal, for one)"},
    {Status::task_failed, "a task failed"},
    {Status::scheduling_error, "the plan cannot be made, or the scheduler's state cannot be used"},
    {Status::unhandled, "an error nobody expected"},
    {Status::usage, "the command line is wrong"},
    {Status::unavailable, "the scheduler that --scheduler names was away for too long, or refuses"},
    {Status::not_there_yet, "nothing failed, but something is not there yet: try again later"},
    {Status::configuration, "the configuration is wrong"},
};

/// The status that this task alone calls for. What was only kept from starting adds nothing to the reason for it.
Status status_of(const TaskReport& report) {
    switch (report.fate) {
        case Fate::was_complete:
        case Fate::ran:
        case Fate::not_started:
            return Status::complete;
        case Fate::elsewhere:
            return Status::already_running;
        case Fate::failed:
            return Status::task_failed;
        case Fate::not_yet:
            return Status::not_there_yet;
        case Fate::missing:
            return Status::missing_data;
        case Fate::unknown:
            return Status::scheduling_error;
    }
    return Status::unhandled;
}

bool was_kept_from_starting(const TaskReport& report) { return report.fate == Fate::not_started; }

}  // namespace

std::span<const StatusHelp> all_statuses() { return statuses; }

Status status_of(const SessionResult& result) {
    Status greatest = result.was_stopped ? Status::not_run : Status::complete;
    bool is_early = false;
    for (const TaskReport& report : result.tasks) {
        const Status status = status_of(report);
        if (status == Status::not_there_yet)
            is_early = true;
        else
            greatest = std::max(greatest, status);
    }
    if (greatest != Status::complete) return greatest;
    if (is_early) return Status::not_there_yet;
    return std::ranges::any_of(result.tasks, was_kept_from_starting) ? Status::not_run : Status::complete;
}

Status status_of(const std::exception& error) {
    if (dynamic_cast<const ConfigurationError*>(&error)) return Status::configuration;
    if (dynamic_cast<const ParameterError*>(&error)) return Status::usage;
    if (dynamic_cast<const worker::UnavailableError*>(&error)) return Status::unavailable;
    if (dynamic_cast<const store::OwnedError*>(&error)) return Status::already_running;
    if (dynamic_cast<const StoreError*>(&error) || dynamic_cast<const worker::PlanError*>(&error))
        return Status::scheduling_error;
    return Status::unhandled;
}

}  // namespace freshet::run

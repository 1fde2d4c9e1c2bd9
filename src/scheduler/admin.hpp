// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "rpc/responses.hpp"
#include "scheduler/scheduler_state.hpp"

#include <set>
#include <string>

/// What operators and running tasks say about tasks, workers and limits.
namespace freshet::scheduler {

void set_status_message(SchedulerState& state, const rpc::SetTaskStatusMessage& request);
void set_progress(SchedulerState& state, const rpc::SetTaskProgressPercentage& request);
void decrease_resources(SchedulerState& state, const rpc::DecreaseRunningTaskResources& request);

/// {task_id, status} after it; a null status for an unknown task.
Json forgive_failures(SchedulerState& state, const rpc::ForgiveFailures& request, Time now);
Json mark_as_done(SchedulerState& state, const rpc::MarkAsDone& request, Time now);
/// The task, or {} unless the scheduler had disabled it.
Json re_enable_task(SchedulerState& state, const rpc::ReEnableTask& request, Time now);

/// {message_id}; null when messages are switched off.
Json send_message(SchedulerState& state, const rpc::SendSchedulerMessage& request, Time now);
void add_message_response(SchedulerState& state, const rpc::AddSchedulerMessageResponse& request);
/// {response}, which is forgotten by being read.
Json take_message_response(SchedulerState& state, const rpc::GetSchedulerMessageResponse& request);

rpc::Messages ping(SchedulerState& state, const rpc::Ping& request, Time now);
void set_worker_processes(SchedulerState& state, const rpc::SetWorkerProcesses& request, Time now);
void add_worker(SchedulerState& state, const rpc::AddWorker& request, Time now);
void add_batcher(SchedulerState& state, const rpc::AddTaskBatcher& request, Time now);

void set_paused(SchedulerState& state, bool paused);
void update_resources(SchedulerState& state, const rpc::Resources& limits);
/// Limits and rates of the configuration instead of those it had: a change by an operator goes where they differ.
void configure_resources(SchedulerState& state, rpc::Resources limits, std::set<std::string> rates);
/// False, and nothing changed, unless the amount is an integer >= 0.
bool update_resource(SchedulerState& state, const rpc::UpdateResource& request);

}  // namespace freshet::scheduler

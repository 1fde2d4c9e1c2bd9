// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "rpc/responses.hpp"
#include "scheduler/scheduler_state.hpp"

#include <set>
#include <string>

/// Requests of operators and of running tasks about tasks, workers and limits. Unknown tasks are ignored unless stated.
namespace freshet::scheduler {

// Each applies to the members, too, when the task is a running batch.

/// Sets the message that a running task shows.
void set_status_message(SchedulerState& state, const rpc::SetTaskStatusMessage& request);
/// Sets the progress that a running task shows.
void set_progress(SchedulerState& state, const rpc::SetTaskProgressPercentage& request);
/// Adds to the statistics of the task's last attempt; those of the same name are replaced.
void add_statistics(SchedulerState& state, const rpc::ReportTaskStatistics& request);
/// Gives back resources of a running task before it ends; never below 0.
void decrease_resources(SchedulerState& state, const rpc::DecreaseRunningTaskResources& request);

/// Makes a FAILED task PENDING. Returns {task_id, status}; a null status for an unknown task.
Json forgive_failures(SchedulerState& state, const rpc::ForgiveFailures& request, Time now);
/// Makes the FAILED tasks of the request, and those that the scheduler disabled, PENDING at once. Returns {retried,
/// task_ids}: their number, and the first thousand of them; of a request for one task also {task_id, status}.
Json retry_tasks(SchedulerState& state, const rpc::RetryTasks& request, Time now);
/// Makes a running, FAILED or DISABLED task DONE. Returns as forgive_failures() does.
Json mark_as_done(SchedulerState& state, const rpc::MarkAsDone& request, Time now);
/// Makes a running task FAILED, without a retry. Its worker stops the attempt, whose lease is taken. Returns as
/// forgive_failures() does.
Json cancel_task(SchedulerState& state, const rpc::CancelTask& request, Time now);
/// Sets the priority of a task that is not running, and raises those of its dependencies to it. Returns {task_id,
/// priority}; a null priority for an unknown task.
Json set_priority(SchedulerState& state, const rpc::SetTaskPriority& request, Time now);
/// Ends the DISABLED state that too many failures led to. Returns the task; {} unless the scheduler had disabled it.
Json re_enable_task(SchedulerState& state, const rpc::ReEnableTask& request, Time now);
/// Acknowledges failures. Returns {acknowledged}: their number of tasks.
Json acknowledge_failures(SchedulerState& state, const rpc::AcknowledgeFailures& request, Time now);

/// Queues a message to a running task at its worker. Returns {message_id}: null when messages are disabled.
Json send_message(SchedulerState& state, const rpc::SendSchedulerMessage& request, Time now);
/// Stores the answer to a message until it is read.
void add_message_response(SchedulerState& state, const rpc::AddSchedulerMessageResponse& request);
/// Removes and returns the answer to a message as {response}: null until there is one.
Json take_message_response(SchedulerState& state, const rpc::GetSchedulerMessageResponse& request);

/// Records a heartbeat and delivers the messages queued for the worker.
rpc::Messages ping(SchedulerState& state, const rpc::Ping& request, Time now);
/// Queues a request to the worker to change its number of slots.
void set_worker_processes(SchedulerState& state, const rpc::SetWorkerProcesses& request, Time now);
/// Registers a worker, or updates the information it gives about itself.
void add_worker(SchedulerState& state, const rpc::AddWorker& request, Time now);
/// Registers how the worker combines tasks of a family.
void add_batcher(SchedulerState& state, const rpc::AddTaskBatcher& request, Time now);

/// Pauses or resumes dispatch; ignored unless pausing is enabled.
void set_paused(SchedulerState& state, bool paused);
/// Overrides configured limits, also after a restart.
void update_resources(SchedulerState& state, const rpc::Resources& limits);
/// Replaces the configured limits and rates. An override by an operator is dropped where the configuration changed.
void configure_resources(SchedulerState& state, rpc::Resources limits, std::set<std::string> rates);
/// Overrides one limit. Returns false, changing nothing, unless the amount is an integer >= 0 or a bool.
bool update_resource(SchedulerState& state, const rpc::UpdateResource& request);

}  // namespace freshet::scheduler

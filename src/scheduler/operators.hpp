// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/board.hpp"
#include "wire/request.hpp"
#include "wire/response.hpp"

#include <set>
#include <string>

/// What operators and running tasks say about tasks, workers and limits.
namespace freshet::scheduler {

void set_status_message(Board& board, const wire::SetTaskStatusMessage& request);
void set_progress(Board& board, const wire::SetTaskProgressPercentage& request);
void decrease_resources(Board& board, const wire::DecreaseRunningTaskResources& request);

/// {task_id, status} after it; a null status for an unknown task.
Json forgive_failures(Board& board, const wire::ForgiveFailures& request, Time now);
Json mark_as_done(Board& board, const wire::MarkAsDone& request, Time now);
/// The task, or {} unless the scheduler had disabled it.
Json re_enable_task(Board& board, const wire::ReEnableTask& request, Time now);

/// {message_id}; null when messages are switched off.
Json send_message(Board& board, const wire::SendSchedulerMessage& request, Time now);
void add_message_response(Board& board, const wire::AddSchedulerMessageResponse& request);
/// {response}, which is forgotten by being read.
Json take_message_response(Board& board, const wire::GetSchedulerMessageResponse& request);

wire::Messages ping(Board& board, const wire::Ping& request, Time now);
void set_worker_processes(Board& board, const wire::SetWorkerProcesses& request, Time now);
void add_worker(Board& board, const wire::AddWorker& request, Time now);
void add_batcher(Board& board, const wire::AddTaskBatcher& request, Time now);

void set_paused(Board& board, bool paused);
void update_resources(Board& board, const wire::Resources& limits);
/// Limits and rates of the configuration instead of those it had: a change by an operator goes where they differ.
void configure_resources(Board& board, wire::Resources limits, std::set<std::string> rates);
/// False, and nothing changed, unless the amount is an integer >= 0.
bool update_resource(Board& board, const wire::UpdateResource& request);

}  // namespace freshet::scheduler

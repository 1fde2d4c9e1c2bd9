// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/operator_requests.hpp"
#include "wire/task_requests.hpp"
#include "wire/worker_requests.hpp"

#include <variant>

namespace freshet::wire {

/// Everything one can say to the scheduler. The names are those of Luigi's RPC methods.
using Request =
    std::variant<AddTask, RegisterTasks, SetTaskStatusMessage, SetTaskProgressPercentage, DecreaseRunningTaskResources,
                 AddSchedulerMessageResponse, ReportTaskStatistics, AnnounceSchedulingFailure, AddWorker,
                 AddTaskBatcher, GetWork, CountPending, Ping, Hello, RenewLease, HoldsLease, DisableWorker, SetWorkerProcesses,
                 SendSchedulerMessage, UpdateResources, UpdateResource, Prune, Pause, Unpause, ForgiveFailures,
                 MarkAsDone, ReEnableTask, IsPaused, IsPauseEnabled, HasTaskHistory, Graph, ResourceList,
                 GetTaskStatusMessage, GetTaskProgressPercentage, GetRunningTaskResources, GetSchedulerMessageResponse,
                 FetchError, TaskList, TaskSearch, DepGraph, InverseDepGraph, WorkerList>;

}  // namespace freshet::wire

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/operator_requests.hpp"
#include "rpc/task_requests.hpp"
#include "rpc/worker_requests.hpp"

#include <concepts>
#include <variant>

namespace freshet::rpc {

using RequestAlternatives =
    std::variant<AddTask, RegisterTasks, SetTaskStatusMessage, SetTaskProgressPercentage, DecreaseRunningTaskResources,
                 AddSchedulerMessageResponse, ReportTaskStatistics, AnnounceSchedulingFailure, AddWorker,
                 AddTaskBatcher, GetWork, CountPending, Ping, Hello, RenewLease, HoldsLease, DisableWorker,
                 SetWorkerProcesses, SendSchedulerMessage, UpdateResources, UpdateResource, Prune, Pause, Unpause,
                 ForgiveFailures, MarkAsDone, ReEnableTask, IsPaused, IsPauseEnabled, HasTaskHistory, Graph,
                 ResourceList, GetTaskStatusMessage, GetTaskProgressPercentage, GetRunningTaskResources,
                 GetSchedulerMessageResponse, FetchError, TaskList, TaskSearch, DepGraph, InverseDepGraph, WorkerList>;

/// A call of the scheduler; the alternatives are named after Luigi's RPC methods. A class of its own, because a variant
/// of this size compiles its special members in every file that touches one: here they are compiled once, in
/// request.cpp.
class Request : public RequestAlternatives {
public:
    template <class Alternative>
    requires(!std::derived_from<Alternative, RequestAlternatives> &&
             std::constructible_from<RequestAlternatives, Alternative>) Request(Alternative value);
    Request(const Request&);
    Request(Request&&) noexcept;
    Request& operator=(const Request&);
    Request& operator=(Request&&) noexcept;
    ~Request();
};

}  // namespace freshet::rpc

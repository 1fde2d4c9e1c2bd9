// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "rpc/requests.hpp"

namespace freshet::rpc {

template <class Alternative>
requires(!std::derived_from<Alternative, RequestAlternatives> &&
         std::constructible_from<RequestAlternatives, Alternative>) Request::Request(Alternative value)
    : RequestAlternatives(std::in_place_type<Alternative>, std::move(value)) {}

template Request::Request(AddTask);
template Request::Request(RegisterTasks);
template Request::Request(SetTaskStatusMessage);
template Request::Request(SetTaskProgressPercentage);
template Request::Request(DecreaseRunningTaskResources);
template Request::Request(AddSchedulerMessageResponse);
template Request::Request(ReportTaskStatistics);
template Request::Request(AnnounceSchedulingFailure);
template Request::Request(AddWorker);
template Request::Request(AddTaskBatcher);
template Request::Request(GetWork);
template Request::Request(CountPending);
template Request::Request(Ping);
template Request::Request(Hello);
template Request::Request(RenewLease);
template Request::Request(HoldsLease);
template Request::Request(DisableWorker);
template Request::Request(SetWorkerProcesses);
template Request::Request(SendSchedulerMessage);
template Request::Request(UpdateResources);
template Request::Request(UpdateResource);
template Request::Request(Prune);
template Request::Request(Pause);
template Request::Request(Unpause);
template Request::Request(ForgiveFailures);
template Request::Request(RetryTasks);
template Request::Request(MarkAsDone);
template Request::Request(CancelTask);
template Request::Request(SetTaskPriority);
template Request::Request(RerunTask);
template Request::Request(ReEnableTask);
template Request::Request(AcknowledgeFailures);
template Request::Request(IsPaused);
template Request::Request(IsPauseEnabled);
template Request::Request(HasTaskHistory);
template Request::Request(Graph);
template Request::Request(ResourceList);
template Request::Request(GetTaskStatusMessage);
template Request::Request(GetTaskProgressPercentage);
template Request::Request(GetRunningTaskResources);
template Request::Request(Explain);
template Request::Request(QueueStatus);
template Request::Request(GetSchedulerMessageResponse);
template Request::Request(FetchError);
template Request::Request(TaskList);
template Request::Request(TaskSearch);
template Request::Request(DepGraph);
template Request::Request(InverseDepGraph);
template Request::Request(WorkerList);

Request::Request(const Request&) = default;
Request::Request(Request&&) noexcept = default;
Request& Request::operator=(const Request&) = default;
Request& Request::operator=(Request&&) noexcept = default;
Request::~Request() = default;

}  // namespace freshet::rpc

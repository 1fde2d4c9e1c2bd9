// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"

#include <string_view>
#include <tuple>

/// The arguments of every method, once, for reading and for writing.
namespace freshet::rpc {

enum class Presence {
    required,
    nullable,   ///< required, but may be null
    optional,   ///< written all the same, as Luigi's workers do
    extension,  ///< written only when it is not the default
};

template <class Request, class Value>
struct Field {
    std::string_view name;
    Value Request::*member;
    Presence presence = Presence::optional;
};

/// A method and its fields. A member `fields` of a tuple: one entry for each argument.
template <class Request, class... Values>
struct Method {
    using request = Request;
    std::string_view name;
    std::tuple<Field<Request, Values>...> fields;
};

template <class R, class... V>
constexpr Method<R, V...> method(std::string_view name, Field<R, V>... fields) {
    return {name, {fields...}};
}

template <class R, class V>
constexpr Field<R, V> required(std::string_view name, V R::*member) {
    return {name, member, Presence::required};
}

template <class R, class V>
constexpr Field<R, V> nullable(std::string_view name, V R::*member) {
    return {name, member, Presence::nullable};
}

template <class R, class V>
constexpr Field<R, V> optional(std::string_view name, V R::*member) {
    return {name, member, Presence::optional};
}

template <class R, class V>
constexpr Field<R, V> extension(std::string_view name, V R::*member) {
    return {name, member, Presence::extension};
}

inline constexpr auto add_task_method =
    method("add_task", required("worker", &AddTask::worker), required("task_id", &AddTask::task_id),
           optional("status", &AddTask::status), optional("runnable", &AddTask::runnable),
           optional("deps", &AddTask::deps), optional("new_deps", &AddTask::new_deps), optional("expl", &AddTask::expl),
           optional("resources", &AddTask::resources), optional("priority", &AddTask::priority),
           optional("family", &AddTask::family), optional("module", &AddTask::module),
           optional("params", &AddTask::params), optional("param_visibilities", &AddTask::param_visibilities),
           optional("accepts_messages", &AddTask::accepts_messages), optional("assistant", &AddTask::assistant),
           optional("tracking_url", &AddTask::tracking_url), optional("batchable", &AddTask::batchable),
           optional("batch_id", &AddTask::batch_id), optional("retry_policy_dict", &AddTask::retry_policy_dict),
           optional("owners", &AddTask::owners), extension("lease", &AddTask::lease),
           extension("failure", &AddTask::failure), extension("events", &AddTask::events),
           extension("attempt", &AddTask::attempt), extension("name_params", &AddTask::name_params));

inline constexpr auto methods = std::tuple{
    add_task_method,
    method("set_task_status_message", required("task_id", &SetTaskStatusMessage::task_id),
           optional("status_message", &SetTaskStatusMessage::status_message)),
    method("set_task_progress_percentage", required("task_id", &SetTaskProgressPercentage::task_id),
           optional("progress_percentage", &SetTaskProgressPercentage::progress_percentage)),
    method("decrease_running_task_resources", required("task_id", &DecreaseRunningTaskResources::task_id),
           required("decrease_resources", &DecreaseRunningTaskResources::decrease_resources)),
    method("add_scheduler_message_response", required("task_id", &AddSchedulerMessageResponse::task_id),
           required("message_id", &AddSchedulerMessageResponse::message_id),
           optional("response", &AddSchedulerMessageResponse::response)),
    method("report_task_statistics", required("task_id", &ReportTaskStatistics::task_id),
           nullable("statistics", &ReportTaskStatistics::statistics)),
    method("announce_scheduling_failure", required("task_name", &AnnounceSchedulingFailure::task_name),
           required("family", &AnnounceSchedulingFailure::family),
           optional("params", &AnnounceSchedulingFailure::params), optional("expl", &AnnounceSchedulingFailure::expl),
           optional("owners", &AnnounceSchedulingFailure::owners),
           optional("worker", &AnnounceSchedulingFailure::worker)),
    method("add_worker", required("worker", &AddWorker::worker), required("info", &AddWorker::info)),
    method("add_task_batcher", required("worker", &AddTaskBatcher::worker),
           required("task_family", &AddTaskBatcher::task_family),
           required("batched_args", &AddTaskBatcher::batched_args),
           optional("max_batch_size", &AddTaskBatcher::max_batch_size)),
    method("get_work", required("worker", &GetWork::worker), optional("host", &GetWork::host),
           optional("assistant", &GetWork::assistant), optional("current_tasks", &GetWork::current_tasks),
           extension("leases", &GetWork::leases), extension("families", &GetWork::families),
           extension("except_families", &GetWork::except_families), extension("wait", &GetWork::wait),
           extension("only_lost", &GetWork::only_lost)),
    method("count_pending", required("worker", &CountPending::worker)),
    method("ping", required("worker", &Ping::worker), extension("leases", &Ping::leases)),
    method<Hello>("hello"),
    method("renew_lease", required("worker", &RenewLease::worker), required("task_id", &RenewLease::task_id),
           required("lease", &RenewLease::lease)),
    method("holds_lease", required("worker", &HoldsLease::worker), required("task_id", &HoldsLease::task_id),
           required("lease", &HoldsLease::lease)),
    method("disable_worker", required("worker", &DisableWorker::worker)),
    method("set_worker_processes", required("worker", &SetWorkerProcesses::worker),
           required("n", &SetWorkerProcesses::n)),
    method("send_scheduler_message", required("worker", &SendSchedulerMessage::worker),
           required("task", &SendSchedulerMessage::task), nullable("content", &SendSchedulerMessage::content)),
    method("update_resource", required("resource", &UpdateResource::resource),
           nullable("amount", &UpdateResource::amount)),
    method<Prune>("prune"),
    method<Pause>("pause"),
    method<Unpause>("unpause"),
    method("forgive_failures", optional("task_id", &ForgiveFailures::task_id)),
    method("retry_tasks", optional("task_id", &RetryTasks::task_id), optional("family", &RetryTasks::family),
           optional("status", &RetryTasks::status), optional("params", &RetryTasks::params),
           optional("error", &RetryTasks::error), optional("dry_run", &RetryTasks::dry_run)),
    method("mark_as_done", optional("task_id", &MarkAsDone::task_id)),
    method("cancel_task", required("task_id", &CancelTask::task_id)),
    method("set_task_priority", required("task_id", &SetTaskPriority::task_id),
           required("priority", &SetTaskPriority::priority)),
    method("rerun_task", required("task_id", &RerunTask::task_id), extension("downstream", &RerunTask::downstream)),
    method("re_enable_task", nullable("task_id", &ReEnableTask::task_id)),
    method("acknowledge_failures", optional("task_id", &AcknowledgeFailures::task_id),
           optional("family", &AcknowledgeFailures::family), optional("before", &AcknowledgeFailures::before)),
    method<IsPaused>("is_paused"),
    method<IsPauseEnabled>("is_pause_enabled"),
    method<HasTaskHistory>("has_task_history"),
    method("graph", extension("cursor", &Graph::cursor)),
    method<ResourceList>("resource_list"),
    method("get_task_status_message", required("task_id", &GetTaskStatusMessage::task_id)),
    method("get_task_progress_percentage", required("task_id", &GetTaskProgressPercentage::task_id)),
    method("get_running_task_resources", required("task_id", &GetRunningTaskResources::task_id)),
    method("explain", required("task_id", &Explain::task_id)),
    method("queue_status", optional("families", &QueueStatus::families)),
    method("get_scheduler_message_response", required("task_id", &GetSchedulerMessageResponse::task_id),
           required("message_id", &GetSchedulerMessageResponse::message_id)),
    method("fetch_error", nullable("task_id", &FetchError::task_id)),
    method("task_list", optional("status", &TaskList::status), optional("upstream_status", &TaskList::upstream_status),
           optional("limit", &TaskList::limit), optional("search", &TaskList::search),
           optional("max_shown_tasks", &TaskList::max_shown_tasks), extension("cursor", &TaskList::cursor),
           extension("family", &TaskList::family), extension("worker", &TaskList::worker),
           extension("error", &TaskList::error), extension("below", &TaskList::below)),
    method("task_search", required("task_str", &TaskSearch::task_str), extension("cursor", &TaskSearch::cursor)),
    method("dep_graph", nullable("task_id", &DepGraph::task_id), optional("include_done", &DepGraph::include_done)),
    method("inverse_dep_graph", nullable("task_id", &InverseDepGraph::task_id),
           optional("include_done", &InverseDepGraph::include_done)),
    method("worker_list", optional("include_running", &WorkerList::include_running)),
};

}  // namespace freshet::rpc

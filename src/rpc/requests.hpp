// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/error.hpp"
#include "freshet/event.hpp"
#include "freshet/json.hpp"

#include <array>
#include <chrono>
#include <compare>
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace freshet::rpc {

/// The states of a task, in Luigi's words.
enum class Status {
    pending,        ///< ready as soon as its dependencies are done
    running,        ///< dispatched to worker_running
    batch_running,  ///< dispatched as a member of a batch
    done,           ///< its output exists
    failed,         ///< its last attempt failed; pending again at retry_at
    disabled,       ///< failed too often, or disabled by a worker; not dispatched
    unknown,        ///< a dependency not registered yet, or a task whose planning failed
    suspended,      ///< sent only by old workers; stored as pending
};

inline constexpr std::array<std::string_view, 8> status_texts = {"PENDING", "RUNNING",  "BATCH_RUNNING", "DONE",
                                                                 "FAILED",  "DISABLED", "UNKNOWN",       "SUSPENDED"};

constexpr std::string_view text(Status status) { return status_texts[static_cast<std::size_t>(status)]; }

/// Parses text(Status); nullopt for anything else.
constexpr std::optional<Status> status_from(std::string_view text) {
    for (std::size_t i = 0; i < status_texts.size(); ++i)
        if (status_texts[i] == text) return static_cast<Status>(i);
    return std::nullopt;
}

/// The classes of failure, in the order of FailureClass.
inline constexpr std::array<std::string_view, 4> failure_texts = {"not_yet", "throttled", "transient", "permanent"};

constexpr std::string_view text(FailureClass failure) { return failure_texts[static_cast<std::size_t>(failure)]; }

/// Parses text(FailureClass); nullopt for anything else.
constexpr std::optional<FailureClass> failure_class_from(std::string_view text) {
    for (std::size_t i = 0; i < failure_texts.size(); ++i)
        if (failure_texts[i] == text) return static_cast<FailureClass>(i);
    return std::nullopt;
}

using Resources = std::map<std::string, std::int64_t>;
using Parameters = std::vector<std::pair<std::string, std::string>>;  ///< in the order they were given
using Visibilities = std::map<std::string, std::int64_t>;             ///< 0 public, 1 hidden; absent is public

/// The fencing token of a lease. Later tokens are greater, so the holder of an older one is known to be late.
using LeaseToken = std::uint64_t;
/// Tokens by task id.
using Leases = std::map<std::string, std::int64_t>;

/// A task's retry policy; unset members take the scheduler's default.
struct RetryPolicy {
    std::optional<std::int64_t> retry_count{};
    std::optional<double> disable_hard_timeout{};  ///< seconds
    std::optional<double> disable_window{};        ///< seconds
    std::optional<std::int64_t> attempts{};        ///< extension: tries of a transient failure in one run
    std::optional<double> first_pause{};    ///< extension: seconds before its second try, doubled for each further one
    std::optional<double> longest_pause{};  ///< extension: seconds

    friend auto operator<=>(const RetryPolicy&, const RetryPolicy&) = default;
};

/// Extension: the class of an attempt's failure.
struct Failure {
    FailureClass failure_class = FailureClass::transient;
    std::optional<std::chrono::seconds> retry_after{};
    bool is_disk_full = false;  ///< the worker's

    friend bool operator==(const Failure&, const Failure&) = default;
};

/// Names of attempt facts that the scheduler reads.
namespace attempt_keys {
inline constexpr std::string_view found = "found";          ///< true: nothing ran, the output was there already
inline constexpr std::string_view not_begun = "not_begun";  ///< true: nothing ran, the task is given back
}  // namespace attempt_keys

/// Luigi's add_task: registers a task, or reports its result.
struct AddTask {
    std::string worker;
    std::string task_id;
    Status status = Status::pending;
    bool runnable = true;
    std::optional<std::vector<std::string>> deps{};      ///< replaces what was known
    std::optional<std::vector<std::string>> new_deps{};  ///< adds to it
    std::optional<std::string> expl{};                   ///< JSON text: why it failed
    std::optional<Resources> resources{};                ///< none: those known stay
    double priority = 0;
    std::string family{};
    std::optional<std::string> module{};
    Parameters params{};
    Visibilities param_visibilities{};
    std::optional<bool> accepts_messages = false;
    bool assistant = false;
    std::optional<std::string> tracking_url{};
    std::optional<bool> batchable{};
    std::optional<std::string> batch_id{};
    std::optional<RetryPolicy> retry_policy_dict{};
    std::vector<std::string> owners{};

    // Extensions: a plain Luigi worker sends none of them.
    /// The token of the answer that handed the task out; a report with an older one is rejected. With PENDING, gives
    /// the task back.
    std::optional<LeaseToken> lease{};
    std::optional<Failure> failure{};  ///< with FAILED
    std::vector<Event> events{};       ///< with DONE: stored with the completion, and delivered
    Json attempt{};                    ///< facts about the attempt, kept in its history: an object
    /// The parameters that are shown in the task's name, in their order; none: all that are public, as luigid does.
    std::optional<std::vector<std::string>> name_params{};

    friend bool operator==(const AddTask&, const AddTask&) = default;
};

/// Extension: many registrations in one call.
struct RegisterTasks {
    std::vector<AddTask> tasks;
};

struct SetTaskStatusMessage {
    std::string task_id;
    std::optional<std::string> status_message{};
};

struct SetTaskProgressPercentage {
    std::string task_id;
    Json progress_percentage{};  ///< a number or null
};

/// Gives part of a running task's resources back early.
struct DecreaseRunningTaskResources {
    std::string task_id;
    Resources decrease_resources{};
};

struct AddSchedulerMessageResponse {
    std::string task_id;
    std::string message_id;
    Json response{};
};

/// Facts about a running task by name, or any other JSON; kept with the task until its next attempt.
struct ReportTaskStatistics {
    std::string task_id;
    Json statistics{};
};

/// A scheduling failure: requirements or completeness of a task could not be determined.
struct AnnounceSchedulingFailure {
    std::string task_name;
    std::string family;
    Parameters params{};
    std::string expl{};
    std::vector<std::string> owners{};
    std::string worker{};
};

/// Facts about a worker (host, pid, number of processes, ...), merged with those known.
struct AddWorker {
    std::string worker;
    /// Facts about it. Where runs share a state, `run_keys::run` says to which run it belongs, and at the end
    /// `run_keys::run_end` how that has ended.
    Json::Object info{};
};

/// Facts about a worker's run, for the history of runs.
namespace run_keys {
inline constexpr std::string_view run = "run";  ///< an object with the next three
inline constexpr std::string_view run_id = "run_id";
inline constexpr std::string_view program = "program";
inline constexpr std::string_view command = "command";  ///< as typed, without secrets
inline constexpr std::string_view run_end = "run_end";  ///< an object with the next two
inline constexpr std::string_view exit_code = "exit_code";
inline constexpr std::string_view summary = "summary";
}  // namespace run_keys

/// Declares that `worker` can run several tasks of the family as one.
struct AddTaskBatcher {
    std::string worker;
    std::string task_family;
    std::vector<std::string> batched_args{};
    std::optional<std::int64_t> max_batch_size{};  ///< none: unlimited
};

/// Asks for a task to run. `current_tasks` are the tasks that the worker is running: one that the scheduler handed out
/// but is missing there was lost with an answer, and is handed out again.
struct GetWork {
    std::string worker;
    std::optional<std::string> host{};
    bool assistant = false;
    std::optional<std::vector<std::string>> current_tasks{};
    bool leases = true;  ///< extension: the answer names the lease and the attempt's number
    /// Extension: tasks of these families that can run are given to the worker, whoever registered them.
    std::vector<std::string> families{};
    std::vector<std::string> except_families{};  ///< extension: no task of these, also if it is the worker's own
    double wait = 0;          ///< extension: seconds for which the answer may be held back until there is a task
    bool only_lost = false;   ///< extension: nothing but what was handed out in an answer that got lost
    bool was_parked = false;  ///< executed again, and no sign of life now: set by the server, it has no argument
};

struct CountPending {
    std::string worker;
};

/// A heartbeat; the answer carries the operators' messages.
struct Ping {
    std::string worker;
    Leases leases{};  ///< extension: of the running attempts, to be renewed
};

/// Extension: asks for the server's name and extensions. luigid answers with an unknown method.
struct Hello {};

/// Extension: renews a lease, as a ping does, and tells if it is still valid.
struct RenewLease {
    std::string worker;
    std::string task_id;
    LeaseToken lease = 0;
};

/// Extension: checks a lease before publishing.
struct HoldsLease {
    std::string worker;
    std::string task_id;
    LeaseToken lease = 0;
};

// Admin requests.

struct DisableWorker {
    std::string worker;
};

struct SetWorkerProcesses {
    std::string worker;
    std::int64_t n = 1;
};

struct SendSchedulerMessage {
    std::string worker;
    std::string task;
    std::string content;
};

struct UpdateResources {
    Resources resources;  ///< the new limits; others stay
};

struct UpdateResource {
    std::string resource;
    Json amount{};  ///< refused unless an integer >= 0
};

struct Prune {};
struct Pause {};
struct Unpause {};

// `principal` is the operator who makes the change, for the history; the server sets it, and it has no argument.

struct ForgiveFailures {
    std::string task_id{};
    std::string principal{};
};

/// Extension: runs a task that is FAILED, or that the scheduler disabled, again without waiting; or all of a family, or
/// those with a status, values of parameters and a part of their error.
struct RetryTasks {
    std::optional<std::string> task_id{};
    std::optional<std::string> family{};
    std::optional<Status> status{};
    Parameters params{};
    std::string error{};
    bool dry_run = false;  ///< only finds them
    std::string principal{};
};

struct MarkAsDone {
    std::string task_id{};
    std::string principal{};
};

/// Extension: ends the attempt of a running task.
struct CancelTask {
    std::string task_id{};
    std::string principal{};
};

/// Extension.
struct SetTaskPriority {
    std::string task_id{};
    double priority = 0;
    std::string principal{};
};

/// Extension: has a worker run a DONE task again.
struct RerunTask {
    std::string task_id{};
    bool downstream = false;  ///< and the DONE tasks that require it
    std::string principal{};
};

struct ReEnableTask {
    std::string task_id;
    std::string principal{};
};

/// Extension: acknowledges the failures of a task, or of all tasks of a family, also of tasks that are not known
/// anymore. They need no attention from then on, unless they fail again.
struct AcknowledgeFailures {
    std::optional<std::string> task_id{};
    std::optional<std::string> family{};
    std::optional<double> before{};  ///< seconds since 1970: later failures are not meant
    std::string principal{};
};

// Queries.

struct IsPaused {};
struct IsPauseEnabled {};
struct HasTaskHistory {};
struct Graph {
    std::optional<std::int64_t> cursor{};  ///< extension: where the last response ended
};
struct ResourceList {};

struct GetTaskStatusMessage {
    std::string task_id;
};

struct GetTaskProgressPercentage {
    std::string task_id;
};

struct GetRunningTaskResources {
    std::string task_id;
};

/// Asks why a task ran, did not run or is waiting.
struct Explain {
    std::string task_id;
};

/// Extension: asks how much work there is, for those who start and stop workers.
struct QueueStatus {
    std::vector<std::string> families{};  ///< of these; empty: of all that a worker has registered as its own
};

struct GetSchedulerMessageResponse {
    std::string task_id;
    std::string message_id;
};

struct FetchError {
    std::string task_id;
};

struct TaskList {
    std::string status{};           ///< "" is all
    std::string upstream_status{};  ///< only pending tasks are filtered by it
    bool limit = true;
    std::optional<std::string> search{};
    std::optional<std::int64_t> max_shown_tasks{};
    std::optional<std::int64_t> cursor{};  ///< extension: where the last response ended
    // Extensions: only those that match all of them.
    std::string family{};
    std::string worker{};  ///< runs them, or was the last to do so
    std::string error{};   ///< part of their last error, in any case
    std::string below{};   ///< id of a task that is one of them or requires them, directly or not
};

struct TaskSearch {
    std::string task_str;
    std::optional<std::int64_t> cursor{};  ///< extension
};

struct DepGraph {
    std::string task_id;
    bool include_done = true;
};

struct InverseDepGraph {
    std::string task_id;
    bool include_done = true;
};

struct WorkerList {
    bool include_running = true;
};

using RequestAlternatives =
    std::variant<AddTask, RegisterTasks, SetTaskStatusMessage, SetTaskProgressPercentage, DecreaseRunningTaskResources,
                 AddSchedulerMessageResponse, ReportTaskStatistics, AnnounceSchedulingFailure, AddWorker,
                 AddTaskBatcher, GetWork, CountPending, Ping, Hello, RenewLease, HoldsLease, DisableWorker,
                 SetWorkerProcesses, SendSchedulerMessage, UpdateResources, UpdateResource, Prune, Pause, Unpause,
                 ForgiveFailures, RetryTasks, MarkAsDone, CancelTask, SetTaskPriority, RerunTask, ReEnableTask,
                 AcknowledgeFailures, IsPaused, IsPauseEnabled, HasTaskHistory, Graph, ResourceList,
                 GetTaskStatusMessage, GetTaskProgressPercentage, GetRunningTaskResources, Explain, QueueStatus,
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

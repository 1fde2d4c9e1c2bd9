// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/json.hpp"
#include "rpc/requests.hpp"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace freshet::rpc {

/// A method without a result: JSON null.
struct Nothing {
    friend bool operator==(const Nothing&, const Nothing&) = default;
};

/// The answer to AddTask. Luigi's workers get null.
struct TaskAdded {
    std::string refused{};  ///< reason of the rejection when the attempt has lost its lease, else ""
    /// Failed tasks: the time of the next try; nullopt: none in this run. Recently completed tasks whose output a
    /// worker does not see: the time from which its report is believed.
    std::optional<Time> retry{};

    // After RegisterTasks: the task's current status; nullopt when the scheduler does not report it.
    std::optional<Status> status{};
    std::string error{};      ///< reason of a failed or disabled task
    bool is_offered = false;  ///< some worker is ready to run it

    friend bool operator==(const TaskAdded&, const TaskAdded&) = default;
};

/// The answer to RegisterTasks, one for each.
struct TasksAdded {
    std::vector<TaskAdded> answers;

    friend bool operator==(const TasksAdded&, const TasksAdded&) = default;
};

/// A running task of which the asking worker could have been the runner.
struct RunningTask {
    std::string task_id;
    std::string worker;   ///< id of the worker that runs it
    Json::Object info{};  ///< facts about that worker

    friend bool operator==(const RunningTask&, const RunningTask&) = default;
};

/// The answer to CountPending, and part of that to GetWork.
struct Pending {
    std::int64_t n_pending_tasks = 0;           ///< PENDING and FAILED ones that the worker could run some time
    std::int64_t n_unique_pending = 0;          ///< those that nobody else could
    std::int64_t n_pending_last_scheduled = 0;  ///< those that it was the last to register
    bool active = true;                         ///< worker_state: active or disabled
    std::vector<RunningTask> running_tasks{};

    friend bool operator==(const Pending&, const Pending&) = default;
};

/// The right to publish a task's output until `expires`, extended by heartbeats.
struct Lease {
    LeaseToken token = 0;
    Time expires{};

    friend bool operator==(const Lease&, const Lease&) = default;
};

/// One task to run.
struct Assignment {
    std::string task_id;
    std::string family;
    std::optional<std::string> module{};
    Parameters params{};
    std::optional<Lease> lease{};
    std::int64_t attempt = 0;  ///< 1 for the first; 0 when leases were not asked for

    friend bool operator==(const Assignment&, const Assignment&) = default;
};

/// Several tasks to run as one, with an id computed by the worker.
struct BatchAssignment {
    std::string family;
    std::optional<std::string> module{};
    Parameters params{};  ///< those that all have in common
    std::vector<std::pair<std::string, std::vector<std::string>>>
        batched{};  ///< those that differ, in order of the tasks
    std::string batch_id;
    std::vector<std::string> task_ids{};
    std::optional<Lease> lease{};

    friend bool operator==(const BatchAssignment&, const BatchAssignment&) = default;
};

/// The answer to GetWork.
struct Work {
    Pending pending{};  ///< as it was before the task was handed out
    std::variant<std::monostate, Assignment, BatchAssignment> assignment{};

    friend bool operator==(const Work&, const Work&) = default;
};

/// The answer to Ping: what operators said to the worker since the last one.
struct Messages {
    struct Message {
        std::string name;
        Json::Object kwargs{};

        friend bool operator==(const Message&, const Message&) = default;
    };
    std::vector<Message> rpc_messages{};
    Leases taken_leases{};  ///< extension: those of the ping that are not held any more

    friend bool operator==(const Messages&, const Messages&) = default;
};

/// The answer to RenewLease and HoldsLease.
struct LeaseState {
    bool held = false;
    Time expires{};        ///< when held
    std::string reason{};  ///< when not: one sentence

    friend bool operator==(const LeaseState&, const LeaseState&) = default;
};

/// The request was invalid: nothing happened.
struct ErrorResponse {
    std::string message;

    friend bool operator==(const ErrorResponse&, const ErrorResponse&) = default;
};

/// The scheduler cannot persist anything now: retry later.
struct Unavailable {
    std::string message;

    friend bool operator==(const Unavailable&, const Unavailable&) = default;
};

using ResponseAlternatives =
    std::variant<Nothing, TaskAdded, TasksAdded, Work, Pending, Messages, LeaseState, ErrorResponse, Unavailable, Json>;

/// The answer to a Request; queries are answered in the JSON that Luigi's page reads. Its special members are compiled
/// once, in response.cpp, as those of Request are.
class Response : public ResponseAlternatives {
public:
    Response() : Response(Nothing{}) {}
    template <class Alternative>
    requires(!std::derived_from<Alternative, ResponseAlternatives> &&
             std::constructible_from<ResponseAlternatives, Alternative>) Response(Alternative value);
    Response(const Response&);
    Response(Response&&) noexcept;
    Response& operator=(const Response&);
    Response& operator=(Response&&) noexcept;
    ~Response();
};

/// Extensions of luigid's protocol, by their names in server_info.
namespace extension_names {
inline constexpr std::string_view register_tasks = "register_tasks";  ///< many registrations in one call
inline constexpr std::string_view leases = "leases";
inline constexpr std::string_view failures = "failures";          ///< classes of failure, and retries within a run
inline constexpr std::string_view events = "events";              ///< stored with the completion, and delivered
inline constexpr std::string_view attempts = "attempts";          ///< facts about them, kept in the history
inline constexpr std::string_view families = "families";          ///< a worker names those it can make
inline constexpr std::string_view wait = "wait";                  ///< get_work is held until there is work
inline constexpr std::string_view explain = "explain";            ///< why a task is not running, in a sentence
inline constexpr std::string_view queue_status = "queue_status";  ///< how much work there is
inline constexpr std::string_view retry_tasks = "retry_tasks";    ///< one or many, in one change
}  // namespace extension_names

/// The answer to Hello.
Json server_info();

/// True when a server_info names the extension.
bool has_extension(const Json& server_info, std::string_view name);

}  // namespace freshet::rpc

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/json.hpp"
#include "rpc/status.hpp"
#include "rpc/task_requests.hpp"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
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
    std::string refused{};  ///< why the report did not count, or "": it came from an attempt that lost its lease
    /// Of a failed task: when it is tried again; none: not in this run. Of one that was done so lately that a worker
    /// who does not see its output is not believed: when it will be.
    std::optional<Time> retry{};

    // Of a registered task: what its state is now, after RegisterTasks; none: the scheduler does not say.
    std::optional<Status> status{};
    std::string error{};      ///< of a failed or disabled one: why
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
    std::string worker;   ///< who runs it
    Json::Object info{};  ///< of that worker

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

/// The right to put a task's output in place, until `expires` unless the worker gives signs of life.
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

/// Several tasks to run as one, whose id the worker computes.
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

    friend bool operator==(const Messages&, const Messages&) = default;
};

/// The answer to RenewLease and HoldsLease.
struct LeaseState {
    bool held = false;
    Time expires{};        ///< when held
    std::string reason{};  ///< when not: one sentence

    friend bool operator==(const LeaseState&, const LeaseState&) = default;
};

/// The request itself was wrong: nothing happened.
struct ErrorResponse {
    std::string message;

    friend bool operator==(const ErrorResponse&, const ErrorResponse&) = default;
};

/// The scheduler cannot remember anything now: ask again later.
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

}  // namespace freshet::rpc

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"
#include "rpc/task_requests.hpp"

#include <optional>
#include <string>
#include <vector>

namespace freshet::rpc {

/// Facts about a worker (host, pid, number of processes, ...), added to what was known.
struct AddWorker {
    std::string worker;
    Json::Object info{};
};

/// From now on `worker` can run several tasks of the family as one.
struct AddTaskBatcher {
    std::string worker;
    std::string task_family;
    std::vector<std::string> batched_args{};
    std::optional<std::int64_t> max_batch_size{};  ///< none: unlimited
};

/// Asks for a task to run. `current_tasks` are those the worker knows it is running: one that the scheduler
/// handed out but is missing there was lost with an answer, and is handed out again.
struct GetWork {
    std::string worker;
    std::optional<std::string> host{};
    bool assistant = false;
    std::optional<std::vector<std::string>> current_tasks{};
    bool leases = true;  ///< extension: the answer names the lease and the attempt's number
    /// Extension: tasks of these families that can run are given to the worker, whoever registered them.
    std::vector<std::string> families{};
    double wait = 0;         ///< extension: seconds for which the answer may be held back until there is a task
    bool only_lost = false;  ///< extension: nothing but what was handed out in an answer that got lost
};

struct CountPending {
    std::string worker;
};

/// A sign of life; the answer brings the operator's messages.
struct Ping {
    std::string worker;
};

/// Extension: asks what the scheduler is and which extensions it knows. A luigid answers that there is no such method.
struct Hello {};

/// Extension: keeps a lease, as a ping does, and tells whether it still is one.
struct RenewLease {
    std::string worker;
    std::string task_id;
    LeaseToken lease = 0;
};

/// Extension: what a worker asks before it puts an output in place.
struct HoldsLease {
    std::string worker;
    std::string task_id;
    LeaseToken lease = 0;
};

}  // namespace freshet::rpc

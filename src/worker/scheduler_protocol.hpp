// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "worker/scheduler_client.hpp"
#include "worker/worker_context.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace freshet::worker {

/// A task's state at the scheduler, by its node in the plan.
struct NodeState {
    std::size_t node;
    rpc::TaskAdded state;
};

/// The differences between the schedulers that a worker can use; its rules are otherwise the same for all of them.
/// Queries call the scheduler.
class SchedulerProtocol {
public:
    virtual ~SchedulerProtocol() = default;

    /// Returns true when other workers use the scheduler too: the worker waits for their tasks, and reports enough of
    /// its attempts to show them where its files and logs cannot be seen.
    virtual bool is_shared() const = 0;

    /// Returns true when a lease keeps other workers from a running task; otherwise registering the task again
    /// releases it, so that the scheduler has to be told once more who runs it.
    virtual bool has_leases() const = 0;

    /// Returns the requests to send when `free_slots` attempts can start.
    virtual std::vector<rpc::GetWork> work_requests(int free_slots) const = 0;

    /// Registers the tasks again, which restores those that the scheduler has lost and changes no others, and returns
    /// their states. May leave out tasks of a large set; repeated calls reach all of them.
    virtual std::vector<NodeState> query(std::vector<std::size_t> nodes) = 0;

    /// Returns the states of external tasks without changing them. May leave out tasks as query() does.
    virtual std::vector<NodeState> query_external(std::vector<std::size_t> nodes) = 0;

    /// Returns the state of a task whose registration was just answered with `answer`.
    virtual rpc::TaskAdded state_after_registration(std::size_t node, const rpc::TaskAdded& answer) = 0;
};

/// Creates the protocol for `options.scheduler_kind`. All arguments outlive it.
std::unique_ptr<SchedulerProtocol> make_protocol(const WorkerOptions& options, SchedulerClient& scheduler,
                                                 const Plan& plan, TaskStates& states);

}  // namespace freshet::worker

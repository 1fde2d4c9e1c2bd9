// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/registry.hpp"
#include "rpc/responses.hpp"
#include "worker/attempt.hpp"
#include "worker/finish_attempt.hpp"
#include "worker/lost_inputs.hpp"
#include "worker/messages.hpp"
#include "worker/worker_context.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace freshet::worker {

/// Starts attempts at the tasks that the scheduler assigns.
class Dispatcher {
public:
    struct Parts {
        const Registry& registry;
        Runner& threads;
        Runner& processes;
        Runner& jobs;
        LostInputs& lost_inputs;
    };
    Dispatcher(const WorkerContext& context, Parts parts) : context_(context), parts_(parts) {}

    struct Dispatched {
        bool is_new = false;                   ///< false: refused, or assigned before and running already
        std::vector<AttemptReport> reports{};  ///< to be sent instead of starting an attempt
    };

    /// Starts an attempt, unless the task runs already, cannot be made here, is complete, has lost its inputs or needs
    /// resources that the scheduler does not know yet.
    Dispatched dispatch(const rpc::Assignment& assignment);
    /// Starts one attempt for those tasks of the batch for which dispatch() would start one.
    Dispatched dispatch(const rpc::BatchAssignment& batch);

    /// Gives the task back unchanged.
    void give_back(const rpc::Assignment& assignment);
    void give_back(const rpc::BatchAssignment& batch);

    /// Returns true for an assignment that was handled before: it runs or has ended.
    bool is_outdated(const rpc::Work& work) const;

    void cancel(const std::string& token);
    /// Gives back resources of a running attempt; ignores an unknown one.
    void decrease_resources(const ResourcesDecreased& decreased);
    void cancel_all();
    /// Shows the address of a running attempt with its task; ignores an unknown one.
    void set_tracking_url(const TrackingUrl& tracking);
    /// Passes a message on to the attempt that runs under the name of the task, if its class accepts messages.
    void send(const SentMessage& message);
    void respond(const MessageResponse& response);

private:
    AnyTask make_task(const rpc::Assignment& assignment) const;
    std::optional<std::size_t> find_or_add_node(const rpc::Assignment& assignment);
    void reject(const rpc::Assignment& assignment, const Failure& failure);
    rpc::AddTask assignment_report(const rpc::Assignment& assignment, rpc::Status status);
    std::optional<AttemptReport> report_without_attempt(std::size_t node, rpc::LeaseToken lease);
    std::optional<AttemptReport> report_if_complete(std::size_t node, rpc::LeaseToken lease) const;
    std::optional<AttemptReport> report_resources(std::size_t node, rpc::LeaseToken lease);
    /// False: the task needs no attempt, but the report that is added.
    bool needs_attempt(std::size_t node, rpc::LeaseToken lease, std::vector<AttemptReport>& reports);
    void start_attempt(const AnyTask& task, const std::vector<std::size_t>& nodes, rpc::LeaseToken lease,
                       int number = 0);
    std::optional<AnyTask> combine(const std::vector<std::size_t>& nodes, rpc::LeaseToken lease,
                                   std::vector<AttemptReport>& reports) const;
    void start_batch(const rpc::BatchAssignment& batch, const std::vector<std::size_t>& nodes, Dispatched& dispatched);
    Runner& runner_of(const AnyTask& task) const;

    const WorkerContext& context_;
    Parts parts_;
};

}  // namespace freshet::worker

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "worker/finish_attempt.hpp"
#include "worker/reconciler.hpp"
#include "worker/worker_context.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <vector>

namespace freshet::worker {

/// Finds requirements whose output has gone since they were done, and has them made again. For the worker's thread; the
/// context and the reconciler must outlive it.
class LostInputs {
public:
    LostInputs(const WorkerContext& context, Reconciler& reconciler) : context_(context), reconciler_(reconciler) {}

    /// Checks the outputs of the requirements of a task that was just assigned; wrapper tasks have none. Returns
    /// nullopt when all exist; otherwise registers the missing ones again, and returns the report with which the task
    /// waits for them. A task that loses its inputs a second time fails instead. One whose requirement was done a
    /// moment ago is reported as not ready until the done cooldown is over. Throws StoreError or DiskFullError; any
    /// other exception, such as one of complete(), becomes a transient failure of the task.
    std::optional<AttemptReport> check(std::size_t node, rpc::LeaseToken lease);

private:
    struct Missing {
        std::vector<std::size_t> nodes{};
        bool all_accepted = true;  ///< the scheduler accepted all registrations
        bool any_new = false;      ///< not all of them were cooling down already
    };

    std::optional<AttemptReport> report_missing(std::size_t node, rpc::LeaseToken lease);
    Missing reregister_missing(std::size_t node);
    std::chrono::seconds longest_cooldown(const std::vector<std::size_t>& nodes) const;

    const WorkerContext& context_;
    Reconciler& reconciler_;
    std::set<std::size_t> had_lost_input_;
};

}  // namespace freshet::worker

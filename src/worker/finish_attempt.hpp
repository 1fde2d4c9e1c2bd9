// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "worker/attempt.hpp"
#include "worker/observer.hpp"
#include "worker/task_states.hpp"
#include "worker/worker_context.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::worker {

/// The report of an attempt, or of an assignment that needed none, for the scheduler and the observer.
struct AttemptReport {
    std::size_t node;
    rpc::AddTask request;
    FinishedAttempt end;
    bool found_complete = false;  ///< nothing ran: the output existed already
    /// With the last task of a batch: the end of the combined task, to be sent after `request`.
    std::optional<rpc::AddTask> end_of_batch{};
};

/// Returns the report of a failure of the node's newest attempt, without facts about it.
AttemptReport failure_report(const WorkerContext& context, std::size_t node, rpc::LeaseToken lease,
                             const Failure& failure, std::chrono::milliseconds took = {});

/// Ends attempts: publishes or discards their outputs and reports them.
class AttemptFinisher {
public:
    explicit AttemptFinisher(const WorkerContext& context) : context_(context) {}

    struct Finished {
        /// One for each task of the attempt; none: the lease was lost, so the attempt counts for nothing.
        std::vector<AttemptReport> reports{};
        /// Dynamic requirements were added to the plan from this node on. Register them before sending the reports.
        std::optional<std::size_t> first_new_node{};
        std::string disk_full{};  ///< not empty: why there was no room for the outputs
    };

    /// Publishes the outputs of a done attempt if `holds_lease`, adds what a waiting one requires to the plan.
    /// `is_aborted`: a failure was caused by the abort of the run, not by the task.
    Finished finish(const RunningAttempt& running, AttemptResult result, bool holds_lease, bool is_aborted);

    /// Updates the task's state from the scheduler's answer to a report, and tells the observer.
    void on_reported(AttemptReport report, const rpc::Response& response);

private:
    Finished finish_done(const RunningAttempt& running, AttemptResult& result, bool holds_lease);
    Finished finish_waiting(const RunningAttempt& running, const AttemptResult& result);
    Finished failures(const RunningAttempt& running, const AttemptResult& result, const Failure& failure) const;
    AttemptReport done_report(const RunningAttempt& running, std::size_t node, const AttemptResult& result) const;
    void end_batch(const RunningAttempt& running, std::vector<AttemptReport>& reports) const;
    Finished finish_failed(const RunningAttempt& running, const AttemptResult& result, bool is_aborted) const;
    bool is_complete(const RunningAttempt& running) const;
    void retire_replaced(const AnyTask& task, const AttemptResult& result) const;
    void warn_if_unstaged(const AnyTask& task, const AttemptResult& result);
    Finished discard(const RunningAttempt& running, const AttemptResult& result, const std::string& unfinished) const;
    Json attempt_details(const AttemptReport& report, const RunningAttempt& running, const AttemptResult& result) const;

    const WorkerContext& context_;
    std::set<std::string_view> warned_families_;  ///< with outputs in place
};

}  // namespace freshet::worker

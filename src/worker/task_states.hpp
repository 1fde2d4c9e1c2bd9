// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/build.hpp"
#include "freshet/clock.hpp"
#include "rpc/requests.hpp"
#include "rpc/responses.hpp"
#include "worker/observer.hpp"
#include "worker/plan.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace freshet::worker {

/// A task's history since the run began.
struct TaskState {
    int attempts = 0;
    int last_attempt = 0;  ///< the number of the last one, as the scheduler counts
    bool is_done = false;
    bool is_done_elsewhere = false;       ///< done by another worker
    bool has_failed_permanently = false;  ///< failed, and not retried in this run
    bool is_foreign = false;              ///< registered by another worker: run on request, never waited for; set by
                                          ///< set_foreign() only, as is_done by mark_done() and its like
    bool requirements_reported = true;    ///< the scheduler knows its requirements and resources
    rpc::LeaseToken last_lease = 0;       ///< newest lease under which it was assigned
    std::optional<FinishedAttempt> last{};
    std::string explanation{};  ///< why the scheduler did not assign it until the end of the run
};

/// An attempt of this worker, at one task of the plan or at several that run as one.
struct RunningAttempt {
    AnyTask task;                    ///< what runs: of a batch the combined task, which need not be in the plan
    std::vector<std::size_t> nodes;  ///< the tasks that it completes
    rpc::LeaseToken lease = 0;
    rpc::LeaseToken fencing_token = 0;  ///< the lease under which it began
    int number = 1;
    IfExists if_exists = IfExists::keep;  ///< replace: outputs that were found stale
    std::deque<std::string> log_tail{};
};

struct Retry {
    Time at;
    FailureClass reason;
};

/// The states of a plan's tasks as one worker knows them, by node. Grows with the plan. Not thread-safe.
///
/// A task that is not finished is in at most one of these: running (here), running elsewhere, waiting for a retry,
/// cooling down (done according to the scheduler, but its output is missing); in none of them it is pending.
class TaskStates {
public:
    explicit TaskStates(const Plan& plan);
    TaskStates(const TaskStates&) = delete;
    TaskStates& operator=(const TaskStates&) = delete;

    TaskState& operator[](std::size_t node);
    const TaskState& operator[](std::size_t node) const;

    bool is_external(std::size_t node) const { return plan_[node].task.type().kind == TaskKind::external; }
    bool is_pending(std::size_t node) const;
    /// Returns true when all requirements are complete.
    bool is_ready(std::size_t node) const;
    bool is_running(std::size_t node) const;
    /// Checks the target; a wrapper's requirements. False when the check throws.
    bool output_exists(std::size_t node) const;
    /// Pending tasks that wait for all their requirements to be finished, well or not, and need wait no longer.
    /// `is_late`: what is not there yet counts as finished.
    std::vector<std::size_t> releasable(bool is_late) const;
    /// Pending, not external, and ready or released.
    std::vector<std::size_t> ready_nodes() const;
    std::vector<std::size_t> missing_external() const;
    /// Counts the tasks that a scheduler should count as pending for this worker.
    std::int64_t count_pending() const;
    /// Returns each task's result; a task that did not start names the requirement that blocked it.
    std::vector<TaskResult> results() const;

    // Attempts.
    /// Counts and adds an attempt at the node's task.
    const RunningAttempt& start_attempt(std::size_t node, rpc::LeaseToken lease, const std::string& token);
    /// Counts and adds an attempt at `task`, for the tasks of the nodes. Without a number of the scheduler's it is
    /// numbered after the last one of this run.
    const RunningAttempt& start_attempt(const AnyTask& task, std::vector<std::size_t> nodes, rpc::LeaseToken lease,
                                        const std::string& token, int number = 0);
    RunningAttempt* find_running(const std::string& token);
    /// Removes the attempt; nullopt for an unknown token.
    std::optional<RunningAttempt> end_attempt(const std::string& token);
    /// Raises the lease of the node's running attempt to `lease`; false when none runs.
    bool renew_lease(std::size_t node, rpc::LeaseToken lease);
    const std::unordered_map<std::string, RunningAttempt>& running() const { return running_; }  ///< by token
    /// The ids of the tasks that an attempt is for.
    std::vector<std::string> ids_of(const RunningAttempt& running) const;
    rpc::Leases running_leases() const;

    // Completion.
    void mark_done(std::size_t node);
    void mark_done_elsewhere(std::size_t node);
    /// Records that a complete task's output is gone.
    void mark_lost(std::size_t node);
    /// Marks a pending task done elsewhere if its output exists.
    void check_target(std::size_t node);
    void set_foreign(std::size_t node, bool is_foreign);

    // Retries.
    void schedule_retry(std::size_t node, Retry retry) { retries_.insert_or_assign(node, retry); }
    /// Removes the retries due before `time`.
    void erase_retries_before(Time time);
    const std::map<std::size_t, Retry>& retries() const { return retries_; }

    // Cooldowns.
    /// Returns false when the task already cools down.
    bool start_cooldown(std::size_t node, Time end) { return cooldowns_.emplace(node, end).second; }
    void end_cooldown(std::size_t node) { cooldowns_.erase(node); }
    const std::map<std::size_t, Time>& cooldowns() const { return cooldowns_; }

    // Other workers.
    /// Replaces the tasks that other workers run, given with the worker's id; returns those that ended.
    std::vector<std::size_t> set_running_elsewhere(std::map<std::size_t, std::string> running);
    /// Sets whether some worker can run the external task.
    void set_offered(std::size_t node, bool is_offered);
    std::size_t count_elsewhere() const { return running_elsewhere_.size() + offered_external_.size(); }

    /// Records that the scheduler does not let it wait for its requirements.
    void release(std::size_t node);
    /// Records that it waits again: it has found out another requirement, or lost one.
    void hold(std::size_t node) { released_.erase(node); }
    /// Returns true for such a task until it is done.
    bool is_released(std::size_t node) const { return released_.contains(node) && !(*this)[node].is_done; }

    /// Ends retry, cooldown and the attempt elsewhere: the scheduler has assigned the task to this worker.
    void on_assigned(std::size_t node);

    /// Set by every change after which the scheduler could have work; cleared when it has none.
    bool may_be_work() const { return may_be_work_; }
    void set_may_be_work(bool may_be_work) { may_be_work_ = may_be_work; }

private:
    bool has_failed(std::size_t node, bool is_late) const;
    bool is_finished(std::size_t node) const { return plan_[node].is_complete || (*this)[node].is_done; }
    /// True when it counts as pending, unless it runs or cools down.
    bool is_counted(std::size_t node) const;
    void set_done(std::size_t node, bool is_done);

    const Plan& plan_;
    std::deque<TaskState> states_;  // a deque: references survive growth
    mutable RemainingTasks remaining_;
    std::unordered_map<std::string, RunningAttempt> running_;
    std::map<std::size_t, Retry> retries_;
    std::map<std::size_t, Time> cooldowns_;
    std::map<std::size_t, std::string> running_elsewhere_;  // with the worker's id
    std::set<std::size_t> offered_external_;
    std::set<std::size_t> released_;
    bool may_be_work_ = true;
};

}  // namespace freshet::worker

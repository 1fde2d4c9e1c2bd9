// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "rpc/responses.hpp"
#include "worker/worker_context.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace freshet::worker {

/// The scheduler's answer to the registration of a task whose output is gone. For some seconds after a task was done
/// (Luigi's stable_done_cooldown_secs) a scheduler does not accept it: file systems may show the output late.
enum class Reregistration { accepted, cooling_down, still_cooling_down };

/// Keeps the worker's task states, the scheduler's and the targets in line. Registers the plan's tasks, finds out which
/// of them other workers run, complete or fail, watches external tasks, and registers again what the scheduler lost.
class Reconciler {
public:
    explicit Reconciler(const WorkerContext& context) : context_(context) {}

    /// Registers the plan's incomplete nodes from `first` on, and all that they require.
    void register_from(std::size_t first);

    /// Registers a task whose output has gone, with what it requires now.
    Reregistration reregister(std::size_t node);

    /// Compares the states with an answer that had no work.
    void reconcile(const rpc::Pending& pending);
    /// Makes the next reconcile() query all tasks that should have been assigned.
    void query_soon() { next_query_ = {}; }

    /// Registers the tasks whose cooldown is over, unless their output has appeared.
    void check_cooldowns();

    /// Returns true while the run waits for an external task, or for the check of a task that failed for a reason that
    /// may go away.
    bool awaits_targets() const;
    /// Checks the targets of missing external tasks, every 20 seconds, and reports those that appeared; checks again,
    /// after pauses that grow from one second to 20, the tasks that could not be checked.
    void check_targets();
    /// When check_targets() has something to do, while awaits_targets().
    Time next_target_check() const;

    /// Lets the tasks run that wait for all their requirements to be finished, well or not, where these are; returns
    /// false when there are none. `is_idle`: nothing else is left to do, so what the run has waited for does not come
    /// in time.
    bool release_waiting(bool is_idle);
    /// A task has failed for good: others may wait for no more than that.
    void on_failure() { may_release_ = true; }

    /// Returns true once an operator has disabled this worker.
    bool is_disabled() const { return is_disabled_; }

private:
    void note_unchecked(std::size_t node);
    void check_external();
    void check_unchecked();
    void check_disabled(const rpc::Pending& pending);
    std::vector<std::size_t> check_running_elsewhere(const rpc::Pending& pending);
    std::vector<std::size_t> recheck_ready_nodes();
    void query(std::vector<std::size_t> nodes);
    void apply_state(std::size_t node, const rpc::TaskAdded& state);
    void apply_external_state(std::size_t node, const rpc::TaskAdded& state);
    void apply_failure(std::size_t node, const rpc::TaskAdded& state);
    void apply_cooldown_state(std::size_t node, const rpc::TaskAdded& state);
    bool start_cooldown(std::size_t node, std::optional<Time> end);
    void reregister_all();
    rpc::AddTask current_registration(std::size_t node) const;
    void add_complete_requirements(rpc::RegisterTasks& request) const;

    const WorkerContext& context_;
    std::int64_t unknown_to_scheduler_ = 0;  // pending tasks that the scheduler did not count at the last comparison
    bool is_disabled_ = false;
    bool may_release_ = true;  // something has failed for good since release_waiting()
    Time next_query_{};
    Time next_external_check_{};
    std::vector<std::size_t> unchecked_;  // nodes of which the last check failed for a reason that may go away
    Time next_recheck_{};
    std::chrono::seconds recheck_pause_{1};
    std::set<std::size_t> logged_unchecked_;
    bool logged_external_wait_ = false;
    bool logged_cooldown_ = false;
};

}  // namespace freshet::worker

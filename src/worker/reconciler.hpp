// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "rpc/responses.hpp"
#include "worker/worker_context.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
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

    /// Returns true while the run waits for an external task.
    bool awaits_external() const;
    /// Checks the targets of missing external tasks, every 20 seconds, and reports those that appeared.
    void check_external();
    Time next_external_check() const { return next_external_check_; }

    /// Returns true once an operator has disabled this worker.
    bool is_disabled() const { return is_disabled_; }

private:
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
    Time next_query_{};
    Time next_external_check_{};
    bool logged_external_wait_ = false;
    bool logged_cooldown_ = false;
};

}  // namespace freshet::worker

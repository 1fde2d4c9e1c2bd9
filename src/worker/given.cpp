// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/registration.hpp"
#include "worker/worker.hpp"

#include "base/time.hpp"

#include <fmt/format.h>

namespace freshet::worker {

namespace {

using namespace std::chrono_literals;

constexpr auto external_check_interval = 20s;  // at what is not there yet

// A registration with a lease that nobody has ever had changes nothing, but is answered with the task's state. A plain
// one would undo what the maker has done, where its output cannot be seen from here.
constexpr rpc::LeaseToken no_lease = 0;

}  // namespace

bool Worker::is_external(std::size_t node) const { return plan_[node].task.type().kind == TaskKind::external; }

std::vector<std::size_t> Worker::missing_external() const {
    std::vector<std::size_t> missing;
    for (std::size_t node = 0; node < plan_.size(); ++node)
        if (is_external(node) && is_pending(node)) missing.push_back(node);
    return missing;
}

bool Worker::awaits_external() const {
    return options_.wait_until && parts_.clock.now() < *options_.wait_until && !missing_external().empty();
}

void Worker::check_external() {
    if (!awaits_external() || next_external_check_ > parts_.clock.now()) return;
    next_external_check_ = parts_.clock.now() + external_check_interval;
    rpc::RegisterTasks found;
    std::size_t missing = 0;
    for (const std::size_t node : missing_external()) {
        check_target(node);
        if (is_pending(node))
            ++missing;
        else
            found.tasks.push_back(external_done(plan_[node].task, options_.id));
    }
    if (!found.tasks.empty()) call({std::move(found)});
    if (missing == 0 || !running_.empty() || std::exchange(logged_external_wait_, true)) return;
    parts_.observer.notified(
        fmt::format("waiting until {} for {} task{} that others make, of which nothing is there yet",
                    rfc3339(*options_.wait_until), missing, missing == 1 ? "" : "s"));
}

void Worker::mark_done_elsewhere(std::size_t node) {
    cooldowns_.erase(node);
    if (plan_[node].is_complete || task_states_[node].is_done) return;
    task_states_[node].is_done = task_states_[node].is_done_elsewhere = true;
    offered_external_.erase(node);
}

void Worker::query_external(const std::vector<std::size_t>& nodes) {
    if (nodes.empty()) return;
    if (!options_.shared_scheduler->has_leases) {
        for (const std::size_t node : poll_luigid(nodes, next_external_)) apply_external_state(node, query_state(node));
        return;
    }
    rpc::RegisterTasks request;
    for (const std::size_t node : nodes) {
        request.tasks.push_back(registration(plan_, node, options_.id));
        request.tasks.back().lease = no_lease;
    }
    const auto states = register_tasks(std::move(request));
    for (std::size_t i = 0; i < nodes.size() && i < states.size(); ++i) apply_external_state(nodes[i], states[i]);
}

void Worker::apply_external_state(std::size_t node, const rpc::TaskAdded& state) {
    offered_external_.erase(node);
    check_target(node);
    const bool is_over = state.status == rpc::Status::done || state.status == rpc::Status::disabled;
    if (state.is_offered && !is_over && is_pending(node)) offered_external_.insert(node);
}

void Worker::add_external(const std::vector<std::size_t>& nodes, rpc::RegisterTasks& request) const {
    std::set<std::size_t> added;
    for (const std::size_t node : nodes)
        for (const std::size_t required : plan_[node].requirements)
            if (is_external(required) && task_states_[required].is_done && added.insert(required).second)
                request.tasks.push_back(external_done(plan_[required].task, options_.id));
}

}  // namespace freshet::worker

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/registration.hpp"
#include "worker/worker.hpp"

#include "base/time.hpp"

#include <fmt/format.h>

namespace freshet::worker {

namespace {

using namespace std::chrono_literals;

constexpr auto between_looks = 20s;  // at what is not there yet

// A registration with a lease that nobody has ever had changes nothing, but is answered with the task's state. A plain
// one would undo what the maker has done, where its output cannot be seen from here.
constexpr wire::LeaseToken nobodys = 0;

}  // namespace

bool Worker::is_external(std::size_t node) const { return plan_[node].task.type().kind == Kind::external; }

std::vector<std::size_t> Worker::missing_given() const {
    std::vector<std::size_t> missing;
    for (std::size_t node = 0; node < plan_.size(); ++node)
        if (is_external(node) && is_open(node)) missing.push_back(node);
    return missing;
}

bool Worker::awaits_given() const {
    return options_.wait_until && parts_.clock.now() < *options_.wait_until && !missing_given().empty();
}

void Worker::look_for_given() {
    if (!awaits_given() || next_look_ > parts_.clock.now()) return;
    next_look_ = parts_.clock.now() + between_looks;
    wire::RegisterTasks found;
    std::size_t missing = 0;
    for (const std::size_t node : missing_given()) {
        look_at_target(node);
        if (is_open(node))
            ++missing;
        else
            found.tasks.push_back(sighting(plan_[node].task, options_.id));
    }
    if (!found.tasks.empty()) call({std::move(found)});
    if (missing == 0 || !running_.empty() || std::exchange(has_told_given_, true)) return;
    parts_.observer.noticed(fmt::format("waiting until {} for {} task{} that others make, of which nothing is there yet",
                                        rfc3339(*options_.wait_until), missing, missing == 1 ? "" : "s"));
}

void Worker::take_as_made(std::size_t node) {
    cooling_.erase(node);
    if (plan_[node].is_complete || standings_[node].is_done) return;
    standings_[node].is_done = standings_[node].is_made_elsewhere = true;
    made_by_others_.erase(node);
}

void Worker::ask_about_given(const std::vector<std::size_t>& nodes) {
    if (nodes.empty()) return;
    if (!options_.sharing->has_leases) {
        for (const std::size_t node : unclear_at_luigid(nodes, next_given_)) learn_of_given(node, state_of(node));
        return;
    }
    wire::RegisterTasks questions;
    for (const std::size_t node : nodes) {
        questions.tasks.push_back(registration(plan_, node, options_.id));
        questions.tasks.back().lease = nobodys;
    }
    const auto states = register_tasks(std::move(questions));
    for (std::size_t i = 0; i < nodes.size() && i < states.size(); ++i) learn_of_given(nodes[i], states[i]);
}

void Worker::learn_of_given(std::size_t node, const wire::TaskAdded& state) {
    made_by_others_.erase(node);
    look_at_target(node);
    const bool is_over = state.status == wire::Status::done || state.status == wire::Status::disabled;
    if (state.is_offered && !is_over && is_open(node)) made_by_others_.insert(node);
}

void Worker::add_given(const std::vector<std::size_t>& nodes, wire::RegisterTasks& request) const {
    std::set<std::size_t> told;
    for (const std::size_t node : nodes)
        for (const std::size_t required : plan_[node].requirements)
            if (is_external(required) && standings_[required].is_done && told.insert(required).second)
                request.tasks.push_back(sighting(plan_[required].task, options_.id));
}

}  // namespace freshet::worker

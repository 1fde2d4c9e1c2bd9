// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/registration.hpp"
#include "worker/worker.hpp"

#include "store/errors.hpp"

#include <fmt/format.h>

#include <utility>

namespace freshet::worker {

bool Worker::lacks_a_requirement(std::size_t node, wire::LeaseToken lease) {
    try {
        return waits_for_vanished(node, lease);
    } catch (const StoreError&) {
        throw;
    } catch (const std::exception& error) {  // of a requirement's complete(), or a plan that has become impossible
        standings_.resize(plan_.size());
        report_failure({.node = node, .lease = lease, .number = standings_[node].attempts},
                       {.failure_class = FailureClass::transient, .message = error.what()}, {});
        unsent_.back().request.lease = lease;
        return true;
    }
}

bool Worker::waits_for_vanished(std::size_t node, wire::LeaseToken lease) {
    const Vanished vanished = vanished_requirements(node);
    if (vanished.nodes.empty()) return false;

    Standing& standing = standings_[node];
    const bool was_known = std::exchange(standing.needs_are_told, true);  // to who registered it
    const std::string first = plan_[vanished.nodes.front()].task.id();
    wire::AddTask request = report(plan_[node].task, wire::Status::pending, options_.id);
    request.lease = lease;
    request.new_deps.emplace();
    for (const std::size_t required : vanished.nodes) request.new_deps->push_back(plan_[required].task.id());
    AttemptEnd end{.how = AttemptEnd::How::waiting, .attempt = standing.attempts, .message = first};
    if (was_known) end.message = fmt::format("the output of {} has gone", first);
    if (was_known && vanished.is_news && std::exchange(standing.lost_a_requirement, true)) {
        end.message += " again";  // somebody keeps removing it, or it cannot be seen here
        end.how = AttemptEnd::How::failed;
        end.failure_class = FailureClass::transient;
        request.failure = wire::Failure{.failure_class = FailureClass::transient};
    } else if (!vanished.is_believed) {
        end.message = fmt::format("{}, which was done moments ago and is not there", first);
        request.failure = wire::Failure{.failure_class = FailureClass::not_yet, .retry_after = longest_cooldown(vanished.nodes)};
    }
    if (request.failure) {
        request.status = wire::Status::failed;
        request.expl = Json(end.message).text();
    }
    unsent_.push_back({node, std::move(request), std::move(end)});
    return true;
}

Worker::Vanished Worker::vanished_requirements(std::size_t node) {
    Vanished vanished;
    const auto requirements = plan_[node].requirements;
    for (const std::size_t required : requirements) {
        if (plan_[required].task.type().kind == Kind::wrapper) continue;
        if (plan_[required].task.complete()) {
            take_as_made(required);
            continue;
        }
        vanished.nodes.push_back(required);
        const Belief belief = register_anew(required);
        vanished.is_believed &= belief == Belief::believed;
        vanished.is_news |= belief != Belief::still_not_yet;
    }
    return vanished;
}

Worker::Belief Worker::register_anew(std::size_t node) {
    const std::size_t first_new = plan_.size();
    plan_.look_again(node);
    standings_.resize(plan_.size());
    standings_[node].is_done = standings_[node].is_made_elsewhere = false;
    wire::RegisterTasks again{.tasks = {registration(plan_, node, options_.id)}};
    for (std::size_t i = first_new; i < plan_.size(); ++i) again.tasks.push_back(registration(plan_, i, options_.id));
    const auto states = register_tasks(std::move(again));
    if (!options_.sharing || plan_[node].is_complete) return Belief::believed;
    const bool is_told = !states.empty() && states.front().status;
    const wire::TaskAdded state = is_told ? states.front() : state_of(node);
    if (state.status == wire::Status::done)
        return wait_to_be_believed(node, state.retry) ? Belief::not_yet : Belief::still_not_yet;
    cooling_.erase(node);
    return Belief::believed;
}

}  // namespace freshet::worker

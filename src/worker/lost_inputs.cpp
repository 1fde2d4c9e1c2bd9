// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/registration.hpp"
#include "worker/worker.hpp"

#include "store/database.hpp"

#include <fmt/format.h>

#include <utility>

namespace freshet::worker {

bool Worker::has_missing_inputs(std::size_t node, rpc::LeaseToken lease) {
    try {
        return report_missing_inputs(node, lease);
    } catch (const StoreError&) {
        throw;
    } catch (const DiskFullError&) {
        throw;
    } catch (const std::exception& error) {  // of a requirement's complete(), or a plan that has become impossible
        task_states_.resize(plan_.size());
        report_failure({.node = node, .lease = lease, .number = task_states_[node].attempts},
                       {.failure_class = FailureClass::transient, .message = error.what()}, {});
        unsent_reports_.back().request.lease = lease;
        return true;
    }
}

bool Worker::report_missing_inputs(std::size_t node, rpc::LeaseToken lease) {
    const MissingInputs missing = find_missing_inputs(node);
    if (missing.nodes.empty()) return false;

    TaskState& task_state = task_states_[node];
    const bool was_known = std::exchange(task_state.requirements_reported, true);  // to who registered it
    const std::string first = plan_[missing.nodes.front()].task.id();
    rpc::AddTask request = report(plan_[node].task, rpc::Status::pending, options_.id);
    request.lease = lease;
    request.new_deps.emplace();
    for (const std::size_t required : missing.nodes) request.new_deps->push_back(plan_[required].task.id());
    FinishedAttempt end{.status = FinishedAttempt::Status::waiting, .attempt = task_state.attempts, .message = first};
    if (was_known) end.message = fmt::format("the output of {} has gone", first);
    if (was_known && missing.any_new && std::exchange(task_state.had_lost_input, true)) {
        end.message += " again";  // somebody keeps removing it, or it cannot be seen here
        end.status = FinishedAttempt::Status::failed;
        end.failure_class = FailureClass::transient;
        request.failure = rpc::Failure{.failure_class = FailureClass::transient};
    } else if (!missing.all_accepted) {
        end.message = fmt::format("{}, which was done moments ago and is not there", first);
        request.failure =
            rpc::Failure{.failure_class = FailureClass::not_ready, .retry_after = longest_cooldown(missing.nodes)};
    }
    if (request.failure) {
        request.status = rpc::Status::failed;
        request.expl = Json(end.message).text();
    }
    unsent_reports_.push_back({node, std::move(request), std::move(end)});
    return true;
}

Worker::MissingInputs Worker::find_missing_inputs(std::size_t node) {
    MissingInputs missing;
    const auto requirements = plan_[node].requirements;
    for (const std::size_t required : requirements) {
        if (plan_[required].task.type().kind == TaskKind::wrapper) continue;
        if (plan_[required].task.complete()) {
            mark_done_elsewhere(required);
            continue;
        }
        missing.nodes.push_back(required);
        const Reregistration outcome = reregister(required);
        missing.all_accepted &= outcome == Reregistration::accepted;
        missing.any_new |= outcome != Reregistration::still_cooling_down;
    }
    return missing;
}

Worker::Reregistration Worker::reregister(std::size_t node) {
    const std::size_t first_new = plan_.size();
    plan_.recheck(node);
    task_states_.resize(plan_.size());
    task_states_[node].is_done = task_states_[node].is_done_elsewhere = false;
    rpc::RegisterTasks request{.tasks = {registration(plan_, node, options_.id)}};
    for (std::size_t i = first_new; i < plan_.size(); ++i) request.tasks.push_back(registration(plan_, i, options_.id));
    const auto states = register_tasks(std::move(request));
    if (!options_.shared_scheduler || plan_[node].is_complete) return Reregistration::accepted;
    const bool is_told = !states.empty() && states.front().status;
    const rpc::TaskAdded state = is_told ? states.front() : query_state(node);
    if (state.status == rpc::Status::done)
        return start_cooldown(node, state.retry) ? Reregistration::cooling_down : Reregistration::still_cooling_down;
    cooldowns_.erase(node);
    return Reregistration::accepted;
}

}  // namespace freshet::worker

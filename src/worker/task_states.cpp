// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/task_states.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace freshet::worker {

namespace {

TaskStatus status_of_failure(const FinishedAttempt& end) {
    return end.failure_class == FailureClass::not_ready ? TaskStatus::not_ready : TaskStatus::failed;
}

/// Explains to a dependent task why `task` blocks it.
std::string blocker_message(const AnyTask& task, TaskStatus status, const std::string& message) {
    switch (status) {
        case TaskStatus::failed:
            return fmt::format("{} failed: {}", task.description(), message);
        case TaskStatus::not_ready:
            return fmt::format("{} is not ready: {}", task.description(), message);
        case TaskStatus::running_elsewhere:
            return fmt::format("{}: {}", task.description(), message);
        case TaskStatus::missing_external:
            return fmt::format("{} is missing", task.description());
        case TaskStatus::scheduling_failed:
            return fmt::format("{} could not be checked: {}", task.description(), message);
        default:
            return message;
    }
}

/// Names the first output of an external task, without asking its server again for each of them.
std::string missing_outputs(const AnyTask& task) {
    try {
        const auto outputs = task.outputs();
        if (outputs.empty()) return "it reports that it is not complete";
        if (outputs.size() == 1) return fmt::format("'{}' does not exist", outputs.front().address());
        return fmt::format("not all of its {} outputs exist, such as '{}'", outputs.size(), outputs.front().address());
    } catch (const std::exception& error) {
        return error.what();
    }
}

/// Tells each task that did not start which requirement, at the end of the chain, blocked it.
void add_blocker_messages(const Plan& plan, const TaskStates& states, std::vector<TaskResult>& results) {
    for (const std::size_t node : topological_order(plan.graph())) {
        if (results[node].status != TaskStatus::not_run) continue;
        for (const std::size_t required : plan[node].requirements) {
            const TaskResult& blocker = results[required];
            if (blocker.status == TaskStatus::done || blocker.status == TaskStatus::complete) continue;
            results[node].message =
                states[required].explanation.empty()
                    ? blocker_message(blocker.task, blocker.status, blocker.message)
                    : fmt::format("waits for {}, which {}", blocker.task.description(), states[required].explanation);
            break;
        }
    }
}

}  // namespace

TaskStates::TaskStates(const Plan& plan)
    : plan_(plan),
      remaining_(plan, {.is_finished = [this](std::size_t node) { return is_finished(node); },
                        .is_counted = [this](std::size_t node) { return is_counted(node); }}) {}

TaskState& TaskStates::operator[](std::size_t node) {
    if (states_.size() < plan_.size()) states_.resize(plan_.size());
    return states_[node];
}

const TaskState& TaskStates::operator[](std::size_t node) const {
    static const TaskState initial;
    return node < states_.size() ? states_[node] : initial;
}

bool TaskStates::is_running(std::size_t node) const {
    return std::any_of(running_.begin(), running_.end(),
                       [&](const auto& running) { return std::ranges::count(running.second.nodes, node) > 0; });
}

bool TaskStates::is_pending(std::size_t node) const {
    const TaskState& state = (*this)[node];
    if (plan_[node].is_complete || !plan_[node].error.empty() || state.is_done) return false;
    if (state.has_failed_permanently || state.is_foreign) return false;
    return !retries_.contains(node) && !cooldowns_.contains(node) && !running_elsewhere_.contains(node) &&
           !is_running(node);
}

bool TaskStates::is_ready(std::size_t node) const {
    const auto& requirements = plan_[node].requirements;
    return std::ranges::all_of(requirements, [this](std::size_t required) { return is_finished(required); });
}

bool TaskStates::output_exists(std::size_t node) const {
    const bool is_wrapper = plan_[node].task.type().kind == TaskKind::wrapper;
    try {
        // A wrapper has no target: another worker reported it when its last requirement was complete.
        return is_wrapper ? is_ready(node) : is_complete_now(plan_[node]);
    } catch (const std::exception&) {
        return false;  // the next check tells
    }
}

std::vector<std::size_t> TaskStates::ready_nodes() const {
    std::vector<std::size_t> ready;
    for (const std::size_t node : remaining_.ready())
        if (!is_external(node) && is_pending(node)) ready.push_back(node);
    for (const std::size_t node : released_)
        if (is_pending(node) && !is_ready(node)) ready.push_back(node);
    return ready;
}

/// True when it will not be run in this run, for a reason of its own.
bool TaskStates::has_failed(std::size_t node, bool is_late) const {
    if (is_late && is_pending(node) && (is_external(node) || is_ready(node))) return true;
    const TaskState& state = (*this)[node];
    if (plan_[node].exclusion == Exclusion::over_limit) return false;
    if (!plan_[node].error.empty()) return is_late || !plan_[node].may_recover;
    if (!state.has_failed_permanently || !state.last) return false;
    return is_late || state.last->failure_class != FailureClass::not_ready;
}

std::vector<std::size_t> TaskStates::releasable(bool is_late) const {
    std::vector<std::size_t> found;
    const auto may_do_without = [&](std::size_t node) {
        return plan_[node].task.type().requirement_rule == RequirementRule::all_finished && is_pending(node) &&
               std::ranges::all_of(plan_[node].needed, [this](std::size_t needed) { return is_finished(needed); });
    };
    bool any = false;
    for (std::size_t node = 0; node < plan_.size(); ++node)
        any = any || (may_do_without(node) && !released_.contains(node));
    if (!any) return found;
    std::vector<bool> is_over(plan_.size());  // finished, or never to be run
    for (const std::size_t node : topological_order(plan_.graph())) {
        const auto& required = plan_[node].requirements;
        const bool all_over = std::ranges::all_of(required, [&](std::size_t r) { return bool(is_over[r]); });
        const bool may_run = may_do_without(node) || (is_pending(node) && is_ready(node));
        is_over[node] = is_finished(node) || has_failed(node, is_late) || (is_pending(node) && all_over && !may_run);
        if (all_over && may_do_without(node) && !is_ready(node) && !released_.contains(node)) found.push_back(node);
    }
    return found;
}

void TaskStates::release(std::size_t node) {
    released_.insert(node);
    may_be_work_ = true;
}

std::vector<std::size_t> TaskStates::missing_external() const {
    std::vector<std::size_t> missing;
    for (const std::size_t node : remaining_.external())
        if (is_pending(node)) missing.push_back(node);
    return missing;
}

std::int64_t TaskStates::count_pending() const {
    std::set<std::size_t> others;
    for (const auto& [node, end] : cooldowns_) others.insert(node);
    for (const auto& [node, worker] : running_elsewhere_) others.insert(node);
    for (const auto& [token, running] : running_) others.insert(running.nodes.begin(), running.nodes.end());
    return remaining_.count() - std::ranges::count_if(others, [this](std::size_t node) { return is_counted(node); });
}

std::vector<TaskResult> TaskStates::results() const {
    std::vector<TaskResult> results;
    for (std::size_t node = 0; node < plan_.size(); ++node) {
        const Node& known = plan_[node];
        const TaskState& state = (*this)[node];
        TaskResult result{.task = known.task,
                          .status = TaskStatus::not_run,
                          .attempts = state.attempts,
                          .message = state.explanation};
        if (state.is_done) {
            result.status = state.is_done_elsewhere ? TaskStatus::complete : TaskStatus::done;
        } else if (const auto other = running_elsewhere_.find(node); other != running_elsewhere_.end()) {
            result.status = TaskStatus::running_elsewhere;
            result.message = fmt::format("running on worker '{}'", other->second);
        } else if (known.is_complete) {
            result.status = TaskStatus::complete;
        } else if (known.exclusion != Exclusion::none) {
            result.message = known.error;
        } else if (!known.error.empty()) {
            result.status = known.may_recover ? TaskStatus::not_ready : TaskStatus::scheduling_failed;
            result.message = known.may_recover ? fmt::format("cannot determine whether it is complete: {}", known.error)
                                               : known.error;
        } else if (state.last && state.last->status == FinishedAttempt::Status::failed) {
            result.status = status_of_failure(*state.last);
            result.message = state.last->message;
        } else if (is_external(node)) {
            result.status = TaskStatus::missing_external;
            result.message = missing_outputs(known.task);
        }
        results.push_back(std::move(result));
    }
    add_blocker_messages(plan_, *this, results);
    return results;
}

const RunningAttempt& TaskStates::start_attempt(std::size_t node, rpc::LeaseToken lease, const std::string& token) {
    return start_attempt(plan_[node].task, {node}, lease, token);
}

const RunningAttempt& TaskStates::start_attempt(const AnyTask& task, std::vector<std::size_t> nodes,
                                                rpc::LeaseToken lease, const std::string& token, int number) {
    for (const std::size_t node : nodes) {
        TaskState& state = (*this)[node];
        state.has_failed_permanently = false;
        ++state.attempts;
        if (nodes.size() > 1 || number == 0) number = std::max(number, state.last_attempt + 1);
    }
    for (const std::size_t node : nodes) (*this)[node].last_attempt = number;
    const bool replaces = std::ranges::any_of(nodes, [&](std::size_t node) { return !plan_[node].stale.empty(); });
    return running_
        .emplace(token, RunningAttempt{.task = task,
                                       .nodes = std::move(nodes),
                                       .lease = lease,
                                       .fencing_token = lease,
                                       .number = number,
                                       .if_exists = replaces ? IfExists::replace : IfExists::keep})
        .first->second;
}

RunningAttempt* TaskStates::find_running(const std::string& token) {
    const auto found = running_.find(token);
    return found == running_.end() ? nullptr : &found->second;
}

std::optional<RunningAttempt> TaskStates::end_attempt(const std::string& token) {
    auto ended = running_.extract(token);
    return ended ? std::optional(std::move(ended.mapped())) : std::nullopt;
}

bool TaskStates::renew_lease(std::size_t node, rpc::LeaseToken lease) {
    for (auto& [token, running] : running_) {
        if (std::ranges::count(running.nodes, node) == 0) continue;
        running.lease = std::max(running.lease, lease);  // two answers may have crossed: the later one counts
        return true;
    }
    return false;
}

std::vector<std::string> TaskStates::ids_of(const RunningAttempt& running) const {
    std::vector<std::string> ids;
    for (const std::size_t node : running.nodes) ids.push_back(plan_[node].task.id());
    return ids;
}

rpc::Leases TaskStates::running_leases() const {
    rpc::Leases leases;
    for (const auto& [token, running] : running_)
        for (const std::string& id : ids_of(running)) leases.emplace(id, static_cast<std::int64_t>(running.lease));
    return leases;
}

bool TaskStates::is_counted(std::size_t node) const {
    return !is_external(node) && plan_[node].error.empty() && !is_finished(node) && !(*this)[node].is_foreign;
}

void TaskStates::set_done(std::size_t node, bool is_done) {
    (*this)[node].is_done = is_done;
    remaining_.update(node);
}

void TaskStates::set_foreign(std::size_t node, bool is_foreign) {
    (*this)[node].is_foreign = is_foreign;
    remaining_.update(node);
}

void TaskStates::mark_done(std::size_t node) { set_done(node, true); }

void TaskStates::mark_done_elsewhere(std::size_t node) {
    cooldowns_.erase(node);
    TaskState& state = (*this)[node];
    if (plan_[node].is_complete || state.is_done) return;
    state.is_done_elsewhere = true;
    set_done(node, true);
    offered_external_.erase(node);
}

void TaskStates::mark_lost(std::size_t node) {
    (*this)[node].is_done_elsewhere = false;
    hold(node);
    set_done(node, false);
}

void TaskStates::check_target(std::size_t node) {
    if (!is_pending(node) || !output_exists(node)) return;
    mark_done_elsewhere(node);
    may_be_work_ = true;
}

void TaskStates::erase_retries_before(Time time) {
    std::erase_if(retries_, [&](const auto& retry) { return retry.second.at < time; });
}

std::vector<std::size_t> TaskStates::set_running_elsewhere(std::map<std::size_t, std::string> running) {
    const auto before = std::exchange(running_elsewhere_, std::move(running));
    std::vector<std::size_t> ended;
    for (const auto& [node, worker] : before)
        if (!running_elsewhere_.contains(node)) ended.push_back(node);
    return ended;
}

void TaskStates::set_offered(std::size_t node, bool is_offered) {
    if (is_offered)
        offered_external_.insert(node);
    else
        offered_external_.erase(node);
}

void TaskStates::on_assigned(std::size_t node) {
    retries_.erase(node);
    cooldowns_.erase(node);
    running_elsewhere_.erase(node);
}

}  // namespace freshet::worker

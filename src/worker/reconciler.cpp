// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/reconciler.hpp"

#include "base/time.hpp"
#include "rpc/error_summary.hpp"
#include "worker/registration.hpp"
#include "worker/scheduler_protocol.hpp"
#include "worker/task_states.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace freshet::worker {

namespace {

using namespace std::chrono_literals;

constexpr auto query_interval = 20s;  // for tasks that are ready and not assigned
constexpr auto external_check_interval = 20s;
constexpr auto max_recheck_pause = 20s;

constexpr auto luigi_cooldown = 10s;  // stable_done_cooldown_secs, which a luigid does not tell
// Clocks differ from machine to machine, and the output may appear: a task that cools down is checked and registered
// again this often. What comes too early is answered with the time left.
constexpr auto min_cooldown = 1s;
constexpr auto max_cooldown = 20s;

}  // namespace

void Reconciler::register_from(std::size_t first) {
    const Plan& plan = context_.plan;
    // A plan of complete tasks is told for those that failed here, and were then completed by others.
    const bool is_all_complete = plan.roots_are_complete();
    std::vector<std::size_t> nodes;
    for (std::size_t node = first; node < plan.size(); ++node) {
        note_unchecked(node);
        if (plan[node].is_complete && !is_all_complete) continue;
        nodes.push_back(node);
        nodes.insert(nodes.end(), plan[node].requirements.begin(), plan[node].requirements.end());
    }
    std::ranges::sort(nodes);
    nodes.erase(std::ranges::unique(nodes).begin(), nodes.end());
    std::erase_if(nodes, [&](std::size_t node) {
        return context_.states[node].is_done || plan[node].exclusion == Exclusion::over_limit;
    });
    if (nodes.empty()) return;
    rpc::RegisterTasks request;
    for (const std::size_t node : nodes)
        request.tasks.push_back(registration(plan, context_.states, node, context_.options.id));
    const auto states = register_tasks(context_.scheduler, std::move(request));
    for (std::size_t i = 0; i < nodes.size() && i < states.size(); ++i) {
        if (context_.states.is_external(nodes[i]) || plan[nodes[i]].exclusion != Exclusion::none) continue;
        const bool cools_down = states[i].status == rpc::Status::done && states[i].retry;
        if (cools_down || states[i].status == rpc::Status::disabled) apply_state(nodes[i], states[i]);
    }
    context_.states.set_may_be_work(true);
}

Reregistration Reconciler::reregister(std::size_t node) {
    Plan& plan = context_.plan;
    const std::size_t first_new = plan.size();
    plan.recheck(node);
    context_.states.mark_lost(node);
    rpc::RegisterTasks request{.tasks = {registration(plan, node, context_.options.id)}};
    for (std::size_t i = first_new; i < plan.size(); ++i)
        request.tasks.push_back(registration(plan, i, context_.options.id));
    note_unchecked(node);
    for (std::size_t i = first_new; i < plan.size(); ++i) note_unchecked(i);
    const auto answers = register_tasks(context_.scheduler, std::move(request));
    if (plan[node].is_complete || answers.empty()) return Reregistration::accepted;
    const rpc::TaskAdded state = context_.protocol.state_after_registration(node, answers.front());
    if (state.status == rpc::Status::done)
        return start_cooldown(node, state.retry) ? Reregistration::cooling_down : Reregistration::still_cooling_down;
    context_.states.end_cooldown(node);
    return Reregistration::accepted;
}

bool Reconciler::release_waiting(bool is_idle) {
    if (!std::exchange(may_release_, false) && !is_idle) return false;
    const bool is_late = is_idle && context_.options.wait_until.has_value();
    const auto nodes = context_.states.releasable(is_late);
    if (nodes.empty()) return false;
    rpc::RegisterTasks request;
    for (const std::size_t node : nodes) {
        context_.states.release(node);
        request.tasks.push_back(registration(context_.plan, context_.states, node, context_.options.id));
        context_.observer.notified(fmt::format("{} runs although not all of its requirements are complete",
                                               context_.plan[node].task.description()));
    }
    register_tasks(context_.scheduler, std::move(request));
    return true;
}

void Reconciler::reconcile(const rpc::Pending& pending) {
    if (!context_.protocol.is_shared()) return;
    check_disabled(pending);
    if (is_disabled_) return;
    const std::vector<std::size_t> ended = check_running_elsewhere(pending);

    TaskStates& states = context_.states;
    const std::int64_t unknown = states.count_pending() - pending.n_pending_tasks;
    const bool has_changed = unknown > 0 && unknown != unknown_to_scheduler_;
    if (has_changed && pending.n_pending_tasks == 0) {
        reregister_all();
    } else if (has_changed || next_query_ <= context_.clock.now()) {
        for (const auto& [node, state] : context_.protocol.query_external(states.missing_external()))
            apply_external_state(node, state);
        query(recheck_ready_nodes());
        next_query_ = context_.clock.now() + query_interval;
    } else {
        query(ended);
    }
    unknown_to_scheduler_ = states.count_pending() - pending.n_pending_tasks;
}

void Reconciler::check_disabled(const rpc::Pending& pending) {
    if (pending.active || std::exchange(is_disabled_, true)) return;
    context_.observer.notified(
        fmt::format("the scheduler has disabled this worker: finishing {} running, starting no more",
                    context_.states.running().size()));
}

/// Returns the tasks that no other worker runs any more and that are not complete.
std::vector<std::size_t> Reconciler::check_running_elsewhere(const rpc::Pending& pending) {
    TaskStates& states = context_.states;
    std::map<std::size_t, std::string> running;
    for (const rpc::RunningTask& task : pending.running_tasks) {
        const auto node = context_.plan.find(task.task_id);
        if (node && task.worker != context_.options.id && !states[*node].is_done) running.emplace(*node, task.worker);
    }
    std::vector<std::size_t> ended = states.set_running_elsewhere(std::move(running));
    for (const std::size_t node : ended) states.check_target(node);
    std::erase_if(ended, [&](std::size_t node) { return !states.is_pending(node); });
    return ended;
}

std::vector<std::size_t> Reconciler::recheck_ready_nodes() {
    for (const std::size_t node : context_.states.ready_nodes()) context_.states.check_target(node);
    return context_.states.ready_nodes();
}

void Reconciler::query(std::vector<std::size_t> nodes) {
    for (const auto& [node, state] : context_.protocol.query(std::move(nodes))) apply_state(node, state);
}

void Reconciler::apply_state(std::size_t node, const rpc::TaskAdded& state) {
    TaskStates& states = context_.states;
    if (states.is_external(node)) return apply_external_state(node, state);
    if (state.status == rpc::Status::done) {
        states.check_target(node);
        if (states.is_pending(node)) start_cooldown(node, state.retry);
    } else if (state.status == rpc::Status::failed && state.retry) {
        states.schedule_retry(node, {.at = *state.retry, .reason = FailureClass::transient});
    } else if (state.status == rpc::Status::failed || state.status == rpc::Status::disabled) {
        apply_failure(node, state);
    }
}

void Reconciler::apply_failure(std::size_t node, const rpc::TaskAdded& state) {
    const bool is_disabled = state.status == rpc::Status::disabled;
    const std::string reason = rpc::readable_message(state.error);
    TaskState& task_state = context_.states[node];
    task_state.has_failed_permanently = true;
    on_failure();
    task_state.last = {
        .status = FinishedAttempt::Status::failed,
        .attempt = task_state.last_attempt,
        .message = fmt::format("{}{}", is_disabled ? "disabled by the scheduler" : "failed at another worker",
                               reason.empty() ? "" : ": " + reason),
        .failure_class = FailureClass::permanent};
}

void Reconciler::apply_external_state(std::size_t node, const rpc::TaskAdded& state) {
    TaskStates& states = context_.states;
    states.set_offered(node, false);
    states.check_target(node);
    const bool is_over = state.status == rpc::Status::done || state.status == rpc::Status::disabled;
    if (state.is_offered && !is_over && states.is_pending(node)) states.set_offered(node, true);
}

void Reconciler::reregister_all() {
    TaskStates& states = context_.states;
    context_.observer.notified(fmt::format("the scheduler knows none of the {} pending tasks: registering them again",
                                           states.count_pending()));
    std::vector<std::size_t> nodes;
    rpc::RegisterTasks request;
    for (std::size_t node = 0; node < context_.plan.size(); ++node) {
        const TaskState& state = states[node];
        const bool is_under_a_lease = states.is_running(node) && context_.protocol.has_leases();
        if (context_.plan[node].is_complete || state.has_failed_permanently || state.is_foreign || is_under_a_lease ||
            context_.plan[node].exclusion == Exclusion::over_limit)
            continue;
        nodes.push_back(node);
        request.tasks.push_back(current_registration(node));
    }
    add_complete_requirements(request);
    const auto answers = register_tasks(context_.scheduler, std::move(request));
    for (const std::size_t node : nodes)
        if (states.is_running(node))
            context_.scheduler.call({report(context_.plan[node].task, rpc::Status::running, context_.options.id)});
    for (std::size_t i = 0; i < nodes.size() && i < answers.size(); ++i)
        if (answers[i].status && states.is_pending(nodes[i]) && states.is_ready(nodes[i]))
            apply_state(nodes[i], answers[i]);
    query_soon();  // a luigid's answers have no states
    states.set_may_be_work(true);
}

rpc::AddTask Reconciler::current_registration(std::size_t node) const {
    const AnyTask& task = context_.plan[node].task;
    const std::string& worker = context_.options.id;
    if (!context_.states[node].is_done) return registration(context_.plan, context_.states, node, worker);
    return context_.states.is_external(node) ? external_done(task, worker) : report(task, rpc::Status::done, worker);
}

void Reconciler::add_complete_requirements(rpc::RegisterTasks& request) const {
    const Plan& plan = context_.plan;
    std::vector<bool> is_required(plan.size());
    for (std::size_t node = 0; node < plan.size(); ++node)
        for (const std::size_t required : plan[node].requirements) is_required[required] = true;
    for (std::size_t node = 0; node < plan.size(); ++node)
        if (is_required[node] && plan[node].is_complete)
            request.tasks.push_back(registration(plan, node, context_.options.id));
}

bool Reconciler::start_cooldown(std::size_t node, std::optional<Time> end) {
    const Time now = context_.clock.now();
    const Time next = std::clamp<Time>(end.value_or(now + luigi_cooldown), now + min_cooldown, now + max_cooldown);
    if (!context_.states.start_cooldown(node, next)) return false;
    if (std::exchange(logged_cooldown_, true)) return true;
    const Node& known = context_.plan[node];
    const std::string why = known.stale.empty() ? fmt::format("the output of {} is missing", known.task.description())
                                                : fmt::format("{} is stale", known.task.description());
    context_.observer.notified(
        fmt::format("{}, but the scheduler says it was just done: running it again in {}, unless {}", why,
                    readable_duration(std::chrono::ceil<std::chrono::seconds>(next - now)),
                    known.stale.empty() ? "it appears" : "another run does"));
    return true;
}

void Reconciler::check_cooldowns() {
    TaskStates& states = context_.states;
    std::vector<std::size_t> due;
    for (const auto& [node, end] : states.cooldowns())
        if (end <= context_.clock.now()) due.push_back(node);
    if (due.empty()) return;
    for (const std::size_t node : due) {
        states.end_cooldown(node);
        if (states.output_exists(node)) states.mark_done_elsewhere(node);
    }
    std::erase_if(due, [&](std::size_t node) { return states[node].is_done || states.is_running(node); });
    for (const auto& [node, state] : context_.protocol.query(std::move(due))) apply_cooldown_state(node, state);
    states.set_may_be_work(true);
}

/// Handles external tasks like others, as a task here requires them.
void Reconciler::apply_cooldown_state(std::size_t node, const rpc::TaskAdded& state) {
    if (state.status != rpc::Status::done) return apply_state(node, state);
    if (context_.states.output_exists(node))
        context_.states.mark_done_elsewhere(node);
    else
        start_cooldown(node, state.retry);
}

bool Reconciler::awaits_targets() const {
    const auto& deadline = context_.options.wait_until;
    return deadline && context_.clock.now() < *deadline &&
           (!unchecked_.empty() || !context_.states.missing_external().empty());
}

void Reconciler::check_targets() {
    if (!awaits_targets()) return;
    check_external();
    check_unchecked();
}

Time Reconciler::next_target_check() const {
    return unchecked_.empty() ? next_external_check_ : std::min(next_recheck_, next_external_check_);
}

void Reconciler::note_unchecked(std::size_t node) {
    const Node& checked = context_.plan[node];
    if (!checked.may_recover) return;
    if (unchecked_.empty()) next_recheck_ = context_.clock.now() + recheck_pause_;
    unchecked_.push_back(node);
    const auto& deadline = context_.options.wait_until;
    if (!deadline || !logged_unchecked_.insert(node).second) return;
    context_.observer.notified(fmt::format("cannot determine whether {} is complete: {}; trying again until {}",
                                           checked.task.description(), checked.error, rfc3339(*deadline)));
}

void Reconciler::check_unchecked() {
    if (unchecked_.empty() || next_recheck_ > context_.clock.now()) return;
    recheck_pause_ = std::min<std::chrono::seconds>(2 * recheck_pause_, max_recheck_pause);
    for (const std::size_t node : std::exchange(unchecked_, {})) reregister(node);
    context_.states.set_may_be_work(true);
}

void Reconciler::check_external() {
    if (next_external_check_ > context_.clock.now()) return;
    next_external_check_ = context_.clock.now() + external_check_interval;
    rpc::RegisterTasks appeared;
    std::size_t missing = 0;
    for (const std::size_t node : context_.states.missing_external()) {
        context_.states.check_target(node);
        if (context_.states.is_pending(node))
            ++missing;
        else
            appeared.tasks.push_back(external_done(context_.plan[node].task, context_.options.id));
    }
    if (!appeared.tasks.empty()) context_.scheduler.call({std::move(appeared)});
    if (missing == 0 || !context_.states.running().empty() || std::exchange(logged_external_wait_, true)) return;
    context_.observer.notified(fmt::format("waiting until {} for {} missing external task{}",
                                           rfc3339(*context_.options.wait_until), missing, missing == 1 ? "" : "s"));
}

}  // namespace freshet::worker

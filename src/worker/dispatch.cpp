// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/dispatch.hpp"

#include "freshet/digest.hpp"
#include "worker/batch.hpp"
#include "worker/registration.hpp"
#include "worker/scheduler_protocol.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace freshet::worker {

namespace {

/// Returns a unique token for an attempt, fit for file names.
std::string new_token() {
    std::string token = uuid4();
    std::erase(token, '-');
    return token;
}

template <class Assigned>
rpc::LeaseToken lease_of(const Assigned& assigned) {
    return assigned.lease ? assigned.lease->token : 0;
}

/// The facts about an attempt that was handed out, but never began.
Json not_begun() { return Json::Object{{std::string(rpc::attempt_keys::not_begun), true}}; }

}  // namespace

Dispatcher::Dispatched Dispatcher::dispatch(const rpc::Assignment& assignment) {
    const auto node = find_or_add_node(assignment);
    if (!node) return {};
    TaskStates& states = context_.states;
    const rpc::LeaseToken lease = lease_of(assignment);
    states[*node].last_lease = std::max(states[*node].last_lease, lease);
    if (states.renew_lease(*node, lease)) return {};
    Dispatched dispatched{.is_new = true};
    if (needs_attempt(*node, lease, dispatched.reports))
        start_attempt(context_.plan[*node].task, {*node}, lease, static_cast<int>(assignment.attempt));
    return dispatched;
}

Dispatcher::Dispatched Dispatcher::dispatch(const rpc::BatchAssignment& batch) {
    Dispatched dispatched{.is_new = true};
    std::vector<std::size_t> nodes;
    for (const rpc::Assignment& member : members_of(batch)) {
        const auto node = find_or_add_node(member);
        if (!node) continue;
        const rpc::LeaseToken lease = lease_of(batch);
        TaskState& state = context_.states[*node];
        state.last_lease = std::max(state.last_lease, lease);
        if (needs_attempt(*node, lease, dispatched.reports)) nodes.push_back(*node);
    }
    if (!nodes.empty()) start_batch(batch, nodes, dispatched);
    return dispatched;
}

bool Dispatcher::needs_attempt(std::size_t node, rpc::LeaseToken lease, std::vector<AttemptReport>& reports) {
    context_.states.on_assigned(node);
    auto report = report_without_attempt(node, lease);
    if (report) reports.push_back(std::move(*report));
    return !report;
}

/// The scheduler learns the combined task, or tells that the batch was released meanwhile. One task alone is its own.
void Dispatcher::start_batch(const rpc::BatchAssignment& batch, const std::vector<std::size_t>& nodes,
                             Dispatched& dispatched) {
    const rpc::LeaseToken lease = lease_of(batch);
    const auto task = combine(nodes, lease, dispatched.reports);
    if (!task) return;
    rpc::AddTask start = report(*task, rpc::Status::running, context_.options.id);
    start.batch_id = batch.batch_id;
    if (batch.lease) start.lease = lease;
    const auto responses = context_.scheduler.call({std::move(start)});
    const auto* added = std::get_if<rpc::TaskAdded>(&responses.front());
    if (added && !added->refused.empty())
        context_.states.set_may_be_work(true);
    else
        start_attempt(*task, nodes, lease);
}

/// Returns nullopt, with a failure of each, when a batch method throws.
std::optional<AnyTask> Dispatcher::combine(const std::vector<std::size_t>& nodes, rpc::LeaseToken lease,
                                           std::vector<AttemptReport>& reports) const {
    std::vector<AnyTask> tasks;
    for (const std::size_t node : nodes) tasks.push_back(context_.plan[node].task);
    if (tasks.size() == 1) return tasks.front();
    try {
        return combined_task(parts_.registry, tasks);
    } catch (...) {
        const Failure failure = caught_failure().failure;
        for (const std::size_t node : nodes) reports.push_back(failure_report(context_, node, lease, failure));
        return std::nullopt;
    }
}

std::optional<AttemptReport> Dispatcher::report_without_attempt(std::size_t node, rpc::LeaseToken lease) {
    if (auto report = report_if_complete(node, lease)) return report;
    auto report = parts_.lost_inputs.check(node, lease);
    if (!report) report = report_resources(node, lease);
    if (report && report->request.status == rpc::Status::pending) report->request.attempt = not_begun();
    if (report) return report;
    const AnyTask& task = context_.plan[node].task;
    if (task.type().kind != TaskKind::wrapper) return std::nullopt;
    rpc::AddTask request = worker::report(task, rpc::Status::done, context_.options.id);
    request.lease = lease;
    return AttemptReport{.node = node, .request = std::move(request), .end = {.status = FinishedAttempt::Status::done}};
}

/// A task of a shared scheduler may have been completed by another worker since the plan was made.
std::optional<AttemptReport> Dispatcher::report_if_complete(std::size_t node, rpc::LeaseToken lease) const {
    const AnyTask& task = context_.plan[node].task;
    try {
        if (!context_.protocol.is_shared() || task.type().kind != TaskKind::task ||
            !is_complete_now(context_.plan[node]))
            return std::nullopt;
    } catch (const std::exception&) {
        return std::nullopt;  // the attempt will tell
    }
    rpc::AddTask request = report(task, rpc::Status::done, context_.options.id);
    request.lease = lease;
    request.expl = "null";
    request.attempt = Json::Object{{std::string(rpc::attempt_keys::found), true}};
    if (task.type().emits_events) request.events = receipt_events(task);
    return AttemptReport{.node = node,
                         .request = std::move(request),
                         .end = {.status = FinishedAttempt::Status::done},
                         .found_complete = true};
}

/// A scheduler that knew the task only by name has assigned it without reserving its resources.
std::optional<AttemptReport> Dispatcher::report_resources(std::size_t node, rpc::LeaseToken lease) {
    const AnyTask& task = context_.plan[node].task;
    TaskState& state = context_.states[node];
    const Resources needed = task.policy().resources;
    if (state.requirements_reported || needed.empty()) return std::nullopt;
    state.requirements_reported = true;
    const auto responses = context_.scheduler.call({rpc::GetRunningTaskResources{.task_id = task.id()}});
    Json expected = Json::object();
    for (const auto& [name, amount] : needed) expected[name] = amount;
    const auto* reserved = std::get_if<Json>(&responses.front());
    if (reserved && reserved->at("resources") == expected) return std::nullopt;
    rpc::AddTask request = report(task, rpc::Status::pending, context_.options.id);
    request.lease = lease;
    return AttemptReport{.node = node,
                         .request = std::move(request),
                         .end = {.status = FinishedAttempt::Status::waiting,
                                 .attempt = state.last_attempt,
                                 .message = "resources that the scheduler did not know of"}};
}

void Dispatcher::start_attempt(const AnyTask& task, const std::vector<std::size_t>& nodes, rpc::LeaseToken lease,
                               int number) {
    const std::string token = new_token();
    const RunningAttempt& running = context_.states.start_attempt(task, nodes, lease, token, number);
    if (nodes.size() > 1)
        context_.observer.notified(fmt::format("running {} tasks as {}", nodes.size(), task.description()));
    for (const std::size_t node : nodes)
        context_.observer.started(context_.plan[node].task, context_.states[node].last_attempt);
    runner_of(task).start({.task = task,
                           .token = token,
                           .lease = static_cast<std::int64_t>(lease),
                           .number = running.number,
                           .run_id = context_.options.run_id,
                           .traceparent = context_.options.traceparent,
                           .code_version = context_.options.code_version,
                           .default_timeout = context_.options.default_timeout,
                           .if_exists = running.if_exists});
}

Runner& Dispatcher::runner_of(const AnyTask& task) const {
    const Isolation isolation = task.type().isolation;
    if (isolation == Isolation::slurm) return parts_.jobs;
    return isolation == Isolation::process ? parts_.processes : parts_.threads;
}

void Dispatcher::cancel(const std::string& token) {
    if (const RunningAttempt* running = context_.states.find_running(token)) runner_of(running->task).cancel(token);
}

void Dispatcher::decrease_resources(const ResourcesDecreased& decreased) {
    const RunningAttempt* running = context_.states.find_running(decreased.token);
    if (!running) return;
    context_.scheduler.call({rpc::DecreaseRunningTaskResources{
        .task_id = running->task.id(),
        .decrease_resources = rpc::Resources(decreased.amounts.begin(), decreased.amounts.end())}});
    context_.states.set_may_be_work(true);  // what waits for them may be a task of this worker
}

/// With all that is known of the task: a luigid forgets what a report leaves out.
void Dispatcher::set_tracking_url(const TrackingUrl& tracking) {
    const RunningAttempt* running = context_.states.find_running(tracking.token);
    if (!running) return;
    rpc::AddTask request = report(running->task, rpc::Status::running, context_.options.id);
    request.tracking_url = tracking.url;
    context_.scheduler.call({std::move(request)});
    context_.observer.logged(running->task, fmt::format("can be watched at {}", tracking.url), false);
}

void Dispatcher::send(const SentMessage& message) {
    for (const auto& [token, running] : context_.states.running())
        if (running.task.id() == message.task_id && running.task.type().accepts_messages)
            return runner_of(running.task).send(token, {.id = message.message_id, .content = message.content});
}

void Dispatcher::respond(const MessageResponse& response) {
    const RunningAttempt* running = context_.states.find_running(response.token);
    if (!running) return;
    context_.scheduler.call({rpc::AddSchedulerMessageResponse{
        .task_id = running->task.id(), .message_id = response.message_id, .response = response.text}});
}

void Dispatcher::cancel_all() {
    for (const auto& [token, running] : context_.states.running()) cancel(token);
}

AnyTask Dispatcher::make_task(const rpc::Assignment& assignment) const {
    return make_registered(parts_.registry, assignment.task_id, assignment.family,
                           {assignment.params.begin(), assignment.params.end()});
}

/// Adds a task to the plan that another worker registered and this program can make.
std::optional<std::size_t> Dispatcher::find_or_add_node(const rpc::Assignment& assignment) {
    Plan& plan = context_.plan;
    const auto known = plan.find(assignment.task_id);
    if (known && plan[*known].error.empty()) return known;
    try {
        const std::size_t first_new = plan.size();
        if (known) plan.recheck(*known);  // its requirements could not be found out before
        const std::size_t node = known ? *known : plan.add({make_task(assignment)}).front();
        TaskStates& states = context_.states;
        for (std::size_t i = first_new; i < plan.size(); ++i) states.set_foreign(i, i == node || states.is_external(i));
        states[node].requirements_reported = false;
        if (plan[node].error.empty()) return node;
        reject(assignment,
               {plan[node].may_recover ? FailureClass::transient : FailureClass::permanent, plan[node].error});
    } catch (const Error& error) {
        reject(assignment, {FailureClass::permanent, error.what()});
    }
    return std::nullopt;
}

void Dispatcher::reject(const rpc::Assignment& assignment, const Failure& failure) {
    rpc::AddTask report = assignment_report(assignment, rpc::Status::failed);
    report.expl = Json(failure.message).text();
    report.failure = rpc::Failure{.failure_class = failure.failure_class};
    context_.observer.notified(fmt::format("cannot run '{}': {}", assignment.task_id, failure.message));
    context_.scheduler.call({std::move(report)});
}

void Dispatcher::give_back(const rpc::Assignment& assignment) {
    rpc::AddTask report = assignment_report(assignment, rpc::Status::pending);
    report.attempt = not_begun();
    context_.scheduler.call({std::move(report)});
}

void Dispatcher::give_back(const rpc::BatchAssignment& batch) {
    for (const rpc::Assignment& member : members_of(batch)) give_back(member);
}

/// Reports a task known only from its assignment, without changing what the scheduler knows about it otherwise.
rpc::AddTask Dispatcher::assignment_report(const rpc::Assignment& assignment, rpc::Status status) {
    rpc::AddTask report{
        .worker = context_.options.id, .task_id = assignment.task_id, .status = status, .runnable = false};
    report.family = assignment.family;
    report.params = assignment.params;
    if (!assignment.lease) return report;
    report.lease = assignment.lease->token;
    if (const auto node = context_.plan.find(assignment.task_id)) {
        TaskState& state = context_.states[*node];
        state.last_lease = std::max(state.last_lease, *report.lease);
    }
    return report;
}

bool Dispatcher::is_outdated(const rpc::Work& work) const {
    const auto was_handled = [this](const std::string& task_id, const std::optional<rpc::Lease>& lease) {
        const auto node = context_.plan.find(task_id);
        const TaskStates& states = context_.states;
        return node && lease && lease->token <= states[*node].last_lease;
    };
    if (const auto* assignment = std::get_if<rpc::Assignment>(&work.assignment))
        return was_handled(assignment->task_id, assignment->lease);
    const auto* batch = std::get_if<rpc::BatchAssignment>(&work.assignment);
    return batch && std::ranges::any_of(batch->task_ids,
                                        [&](const std::string& task_id) { return was_handled(task_id, batch->lease); });
}

}  // namespace freshet::worker

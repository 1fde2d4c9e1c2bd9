// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/registration.hpp"
#include "worker/worker.hpp"

#include "freshet/digest.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::worker {

namespace {

/// Names an attempt wherever it goes: in file names, too.
std::string new_token() {
    std::string token = uuid4();
    std::erase(token, '-');
    return token;
}

}  // namespace

void Worker::register_from(std::size_t first) {
    task_states_.resize(plan_.size());
    std::vector<bool> is_needed(plan_.size());
    for (std::size_t node = first; node < plan_.size(); ++node) {
        if (plan_[node].is_complete) continue;
        is_needed[node] = true;
        for (const std::size_t required : plan_[node].requirements) is_needed[required] = true;
    }
    std::vector<std::size_t> nodes;
    rpc::RegisterTasks request;
    for (std::size_t node = 0; node < plan_.size(); ++node) {
        if (!is_needed[node] || task_states_[node].is_done) continue;
        nodes.push_back(node);
        request.tasks.push_back(registration(plan_, node, options_.id));
    }
    if (nodes.empty()) return;
    const auto states = register_tasks(std::move(request));
    for (std::size_t i = 0; i < nodes.size() && i < states.size(); ++i)
        if (states[i].status == rpc::Status::done && states[i].retry && !is_external(nodes[i]))
            apply_state(nodes[i], states[i]);
    may_be_work_ = true;
}

int Worker::free_slots() const {
    if (stop_requests_seen_ > 0 || is_disabled_ || paused_until_) return 0;
    return std::max(0, options_.slots - static_cast<int>(running_.size()));
}

rpc::GetWork Worker::work_request() const {
    rpc::GetWork request{.worker = options_.id};
    if (!options_.shared_scheduler) return request;
    request.families = options_.shared_scheduler->families;
    return request;
}

void Worker::add_work_requests(std::vector<rpc::Request>& requests) const {
    // A scheduler at a distance answers each question by itself: what it has not for one slot it has not for the next.
    const int slots = options_.shared_scheduler ? std::min(free_slots(), 1) : free_slots();
    for (int slot = 0; slot < slots; ++slot) {
        rpc::GetWork request = work_request();
        if (slot == 0) {  // what was handed out in an answer that got lost is handed out again
            request.current_tasks.emplace();
            for (const auto& [token, running] : running_)
                request.current_tasks->push_back(plan_[running.node].task.id());
        }
        requests.emplace_back(std::move(request));
    }
}

void Worker::sync_with_scheduler() {
    // Reports and questions travel together: one transaction of the scheduler, one wait for the disk.
    while (!unsent_reports_.empty() || (may_be_work_ && free_slots() > 0)) {
        std::vector<rpc::Request> requests;
        for (const Report& report : unsent_reports_) requests.emplace_back(report.request);
        add_work_requests(requests);
        const Time asked_at = parts_.clock.now();
        const auto responses = call(requests);

        const auto sent = std::exchange(unsent_reports_, {});
        for (std::size_t i = 0; i < sent.size(); ++i) on_reported(sent[i], responses[i]);
        may_be_work_ = false;
        if (responses.size() > sent.size()) erase_due_retries(asked_at);
        const rpc::Work* nothing = nullptr;
        for (std::size_t i = sent.size(); i < responses.size(); ++i) {
            const auto& work = std::get<rpc::Work>(responses[i]);
            const auto* assignment = std::get_if<rpc::Assignment>(&work.assignment);
            if (!assignment) {
                nothing = &work;
                continue;
            }
            dispatch(*assignment);
            may_be_work_ = true;
        }
        if (nothing && !may_be_work_ && options_.shared_scheduler) reconcile(nothing->pending);
    }
}

void Worker::erase_due_retries(Time asked_at) {
    // Their pause was over when the scheduler was asked: they are handed out now, or when what else they wait for is
    // there. A pause that ended while it answered is another question's.
    std::erase_if(retries_, [&](const auto& retry) { return retry.second.at < asked_at; });
}

AnyTask Worker::make_task(const rpc::Assignment& assignment) const {
    const Values values(assignment.params.begin(), assignment.params.end());
    AnyTask task = registry_.make(assignment.family, values);
    if (task.id() != assignment.task_id)
        throw Error(
            fmt::format("in this program those parameters of {} have the id '{}'", assignment.family, task.id()));
    return task;
}

std::optional<std::size_t> Worker::find_or_add_node(const rpc::Assignment& assignment) {
    const auto known = plan_.find(assignment.task_id);
    if (known && plan_[*known].error.empty()) return known;
    // Somebody else's, which this program can make all the same.
    try {
        const std::size_t first_new = plan_.size();
        if (known) plan_.recheck(*known);  // what it requires could not be told before
        const std::size_t node = known ? *known : plan_.add({make_task(assignment)}).front();
        task_states_.resize(plan_.size());
        for (std::size_t i = first_new; i < plan_.size(); ++i) task_states_[i].is_foreign = i == node || is_external(i);
        task_states_[node].requirements_reported = false;
        if (plan_[node].error.empty()) return node;
        reject(assignment, plan_[node].error);
    } catch (const Error& error) {
        task_states_.resize(plan_.size());
        reject(assignment, error.what());
    }
    return std::nullopt;
}

void Worker::reject(const rpc::Assignment& assignment, const std::string& reason) {
    rpc::AddTask report = assignment_report(assignment, rpc::Status::failed);
    report.expl = Json(reason).text();
    report.failure = rpc::Failure{.failure_class = FailureClass::permanent};
    parts_.observer.notified(fmt::format("cannot run '{}': {}", assignment.task_id, reason));
    call({std::move(report)});
}

/// Of a task of which no more is known than what was handed out: what else others have told of it stays.
rpc::AddTask Worker::assignment_report(const rpc::Assignment& assignment, rpc::Status status) {
    rpc::AddTask report{.worker = options_.id, .task_id = assignment.task_id, .status = status, .runnable = false};
    report.family = assignment.family;
    report.params = assignment.params;
    if (!assignment.lease) return report;
    report.lease = assignment.lease->token;
    if (const auto node = plan_.find(assignment.task_id))
        task_states_[*node].last_lease = std::max(task_states_[*node].last_lease, *report.lease);
    return report;
}

bool Worker::is_redelivered(std::size_t node, rpc::LeaseToken lease) {
    for (auto& [token, running] : running_) {
        if (running.node != node) continue;
        running.lease = std::max(running.lease, lease);  // of two answers that crossed the later one counts
        return true;
    }
    return false;
}

bool Worker::report_if_complete(std::size_t node, rpc::LeaseToken lease) {
    const AnyTask& task = plan_[node].task;
    try {
        if (!options_.shared_scheduler || task.type().kind != TaskKind::task || !task.complete()) return false;
    } catch (const std::exception&) {
        return false;  // the attempt will tell
    }
    rpc::AddTask request = report(task, rpc::Status::done, options_.id);
    request.lease = lease;
    request.expl = "null";
    request.attempt = Json::Object{{std::string(rpc::attempt_keys::found), true}};
    if (task.type().emits_events) request.events = receipt_events(task);
    task_states_[node].is_done_elsewhere = true;
    unsent_reports_.push_back({node, std::move(request), {.status = FinishedAttempt::Status::done}});
    return true;
}

void Worker::dispatch(const rpc::Assignment& assignment) {
    const auto node = find_or_add_node(assignment);
    if (!node) return;
    const AnyTask& task = plan_[*node].task;
    const rpc::LeaseToken lease = assignment.lease ? assignment.lease->token : 0;
    task_states_[*node].last_lease = std::max(task_states_[*node].last_lease, lease);
    if (is_redelivered(*node, lease)) return;
    retries_.erase(*node);
    cooldowns_.erase(*node);
    running_elsewhere_.erase(*node);
    last_busy_ = parts_.clock.now();
    poll_pause_ = {};
    if (report_if_complete(*node, lease) || has_missing_inputs(*node, lease)) return;
    if (has_unreported_resources(*node, lease)) return;
    if (task.type().kind == TaskKind::wrapper) {
        rpc::AddTask request = report(task, rpc::Status::done, options_.id);
        request.lease = lease;
        unsent_reports_.push_back({*node, std::move(request), {.status = FinishedAttempt::Status::done}});
        return;
    }
    TaskState& task_state = task_states_[*node];
    task_state.has_failed_permanently = false;
    const std::string token = new_token();
    running_.emplace(token, RunningAttempt{.node = *node, .lease = lease, .number = ++task_state.attempts});
    parts_.observer.started(task, task_state.attempts);
    Runner& runner = task.type().isolation == Isolation::process ? parts_.processes : parts_.threads;
    runner.start({.task = task,
                  .token = token,
                  .number = task_state.attempts,
                  .run_id = options_.run_id,
                  .traceparent = options_.traceparent,
                  .code_version = options_.code_version});
}

bool Worker::has_unreported_resources(std::size_t node, rpc::LeaseToken lease) {
    const AnyTask& task = plan_[node].task;
    const Resources needed = task.policy().resources;
    if (task_states_[node].requirements_reported || needed.empty()) return false;
    task_states_[node].requirements_reported = true;
    const auto responses = call({rpc::GetRunningTaskResources{.task_id = task.id()}});
    Json known = Json::object();
    for (const auto& [name, amount] : needed) known[name] = amount;
    const auto* held = std::get_if<Json>(&responses.front());
    if (held && held->at("resources") == known) return false;
    rpc::AddTask request = report(task, rpc::Status::pending, options_.id);
    request.lease = lease;
    unsent_reports_.push_back({node,
                               std::move(request),
                               {.status = FinishedAttempt::Status::waiting,
                                .attempt = task_states_[node].attempts,
                                .message = "its resources, of which the scheduler did not know"}});
    return true;
}

}  // namespace freshet::worker

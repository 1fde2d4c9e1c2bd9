// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/announced.hpp"
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
    standings_.resize(plan_.size());
    std::vector<bool> wanted(plan_.size());
    for (std::size_t node = first; node < plan_.size(); ++node) {
        if (plan_[node].is_complete) continue;
        wanted[node] = true;
        for (const std::size_t required : plan_[node].requirements) wanted[required] = true;
    }
    std::vector<std::size_t> nodes;
    wire::RegisterTasks request;
    for (std::size_t node = 0; node < plan_.size(); ++node) {
        if (!wanted[node] || standings_[node].is_done) continue;
        nodes.push_back(node);
        request.tasks.push_back(registration(plan_, node, options_.id));
    }
    if (nodes.empty()) return;
    const auto states = register_tasks(std::move(request));
    for (std::size_t i = 0; i < nodes.size() && i < states.size(); ++i)
        if (states[i].status == wire::Status::done && states[i].retry && !is_external(nodes[i])) learn(nodes[i], states[i]);
    may_be_work_ = true;
}

int Worker::free_slots() const {
    if (stops_noticed_ > 0 || is_dismissed_ || paused_until_) return 0;
    return std::max(0, options_.slots - static_cast<int>(running_.size()));
}

wire::GetWork Worker::question() const {
    wire::GetWork question{.worker = options_.id};
    if (!options_.sharing) return question;
    question.families = options_.sharing->families;
    return question;
}

void Worker::ask(std::vector<wire::Request>& requests) const {
    // A scheduler at a distance answers each question by itself: what it has not for one slot it has not for the next.
    const int slots = options_.sharing ? std::min(free_slots(), 1) : free_slots();
    for (int slot = 0; slot < slots; ++slot) {
        wire::GetWork asked = question();
        if (slot == 0) {  // what was handed out in an answer that got lost is handed out again
            asked.current_tasks.emplace();
            for (const auto& [token, running] : running_) asked.current_tasks->push_back(plan_[running.node].task.id());
        }
        requests.emplace_back(std::move(asked));
    }
}

void Worker::exchange() {
    // Reports and questions travel together: one transaction of the scheduler, one wait for the disk.
    while (!unsent_.empty() || (may_be_work_ && free_slots() > 0)) {
        std::vector<wire::Request> requests;
        for (const Report& report : unsent_) requests.emplace_back(report.request);
        ask(requests);
        const Time asked = parts_.clock.now();
        const auto answers = call(requests);

        const auto sent = std::exchange(unsent_, {});
        for (std::size_t i = 0; i < sent.size(); ++i) acknowledge(sent[i], answers[i]);
        may_be_work_ = false;
        if (answers.size() > sent.size()) forget_retries_due_before(asked);
        const wire::Work* nothing = nullptr;
        for (std::size_t i = sent.size(); i < answers.size(); ++i) {
            const auto& work = std::get<wire::Work>(answers[i]);
            const auto* assignment = std::get_if<wire::Assignment>(&work.assignment);
            if (!assignment) {
                nothing = &work;
                continue;
            }
            start(*assignment);
            may_be_work_ = true;
        }
        if (nothing && !may_be_work_ && options_.sharing) see(nothing->pending);
    }
}

void Worker::forget_retries_due_before(Time asked) {
    // Their pause was over when the scheduler was asked: they are handed out now, or when what else they wait for is
    // there. A pause that ended while it answered is another question's.
    std::erase_if(retries_, [&](const auto& retry) { return retry.second.at < asked; });
}

AnyTask Worker::task_of(const wire::Assignment& assignment) const {
    const Values values(assignment.params.begin(), assignment.params.end());
    AnyTask task = registry_.make(assignment.family, values);
    if (task.id() != assignment.task_id)
        throw Error(fmt::format("in this program those parameters of {} have the id '{}'", assignment.family, task.id()));
    return task;
}

std::optional<std::size_t> Worker::node_of(const wire::Assignment& assignment) {
    const auto known = plan_.find(assignment.task_id);
    if (known && plan_[*known].error.empty()) return known;
    // Somebody else's, which this program can make all the same.
    try {
        const std::size_t first_new = plan_.size();
        if (known) plan_.look_again(*known);  // what it requires could not be told before
        const std::size_t node = known ? *known : plan_.add({task_of(assignment)}).front();
        standings_.resize(plan_.size());
        for (std::size_t i = first_new; i < plan_.size(); ++i) standings_[i].is_foreign = i == node || is_external(i);
        standings_[node].needs_are_told = false;
        if (plan_[node].error.empty()) return node;
        refuse(assignment, plan_[node].error);
    } catch (const Error& error) {
        standings_.resize(plan_.size());
        refuse(assignment, error.what());
    }
    return std::nullopt;
}

void Worker::refuse(const wire::Assignment& assignment, const std::string& why) {
    wire::AddTask report = returned(assignment, wire::Status::failed);
    report.expl = Json(why).text();
    report.failure = wire::Failure{.failure_class = FailureClass::permanent};
    parts_.observer.noticed(fmt::format("cannot run '{}': {}", assignment.task_id, why));
    call({std::move(report)});
}

/// Of a task of which no more is known than what was handed out: what else others have told of it stays.
wire::AddTask Worker::returned(const wire::Assignment& assignment, wire::Status status) {
    wire::AddTask report{.worker = options_.id, .task_id = assignment.task_id, .status = status, .runnable = false};
    report.family = assignment.family;
    report.params = assignment.params;
    if (!assignment.lease) return report;
    report.lease = assignment.lease->token;
    if (const auto node = plan_.find(assignment.task_id))
        standings_[*node].last_lease = std::max(standings_[*node].last_lease, *report.lease);
    return report;
}

bool Worker::has_again(std::size_t node, wire::LeaseToken lease) {
    for (auto& [token, running] : running_) {
        if (running.node != node) continue;
        running.lease = std::max(running.lease, lease);  // of two answers that crossed the later one counts
        return true;
    }
    return false;
}

bool Worker::is_complete_already(std::size_t node, wire::LeaseToken lease) {
    const AnyTask& task = plan_[node].task;
    try {
        if (!options_.sharing || task.type().kind != Kind::task || !task.complete()) return false;
    } catch (const std::exception&) {
        return false;  // the attempt will tell
    }
    wire::AddTask request = report(task, wire::Status::done, options_.id);
    request.lease = lease;
    request.expl = "null";
    request.attempt = Json::Object{{std::string(wire::attempt_facts::found), true}};
    if (task.type().announces) request.events = announced_by(task);
    standings_[node].is_made_elsewhere = true;
    unsent_.push_back({node, std::move(request), {.how = AttemptEnd::How::done}});
    return true;
}

void Worker::start(const wire::Assignment& assignment) {
    const auto node = node_of(assignment);
    if (!node) return;
    const AnyTask& task = plan_[*node].task;
    const wire::LeaseToken lease = assignment.lease ? assignment.lease->token : 0;
    standings_[*node].last_lease = std::max(standings_[*node].last_lease, lease);
    if (has_again(*node, lease)) return;
    retries_.erase(*node);
    cooling_.erase(*node);
    elsewhere_.erase(*node);
    last_busy_ = parts_.clock.now();
    poll_pause_ = {};
    if (is_complete_already(*node, lease) || lacks_a_requirement(*node, lease)) return;
    if (uses_more_than_known(*node, lease)) return;
    if (task.type().kind == Kind::wrapper) {
        wire::AddTask request = report(task, wire::Status::done, options_.id);
        request.lease = lease;
        unsent_.push_back({*node, std::move(request), {.how = AttemptEnd::How::done}});
        return;
    }
    Standing& standing = standings_[*node];
    standing.is_given_up = false;
    const std::string token = new_token();
    running_.emplace(token, Running{.node = *node, .lease = lease, .number = ++standing.attempts});
    parts_.observer.started(task, standing.attempts);
    Runner& runner = task.type().isolation == Isolation::process ? parts_.processes : parts_.threads;
    runner.start({.task = task,
                  .token = token,
                  .number = standing.attempts,
                  .run_id = options_.run_id,
                  .traceparent = options_.traceparent,
                  .code_version = options_.code_version});
}

bool Worker::uses_more_than_known(std::size_t node, wire::LeaseToken lease) {
    const AnyTask& task = plan_[node].task;
    const Resources needed = task.policy().resources;
    if (standings_[node].needs_are_told || needed.empty()) return false;
    standings_[node].needs_are_told = true;
    const auto answers = call({wire::GetRunningTaskResources{.task_id = task.id()}});
    Json known = Json::object();
    for (const auto& [name, amount] : needed) known[name] = amount;
    const auto* held = std::get_if<Json>(&answers.front());
    if (held && held->at("resources") == known) return false;
    wire::AddTask request = report(task, wire::Status::pending, options_.id);
    request.lease = lease;
    unsent_.push_back({node, std::move(request),
                       {.how = AttemptEnd::How::waiting,
                        .attempt = standings_[node].attempts,
                        .message = "its resources, of which the scheduler did not know"}});
    return true;
}

}  // namespace freshet::worker

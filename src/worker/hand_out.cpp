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
    standings_.resize(plan_.size());
    std::vector<bool> wanted(plan_.size());
    for (std::size_t node = first; node < plan_.size(); ++node) {
        if (plan_[node].is_complete) continue;
        wanted[node] = true;
        for (const std::size_t required : plan_[node].requirements) wanted[required] = true;
    }
    wire::RegisterTasks request;
    for (std::size_t node = 0; node < plan_.size(); ++node)
        if (wanted[node] && !standings_[node].is_done) request.tasks.push_back(registration(plan_, node, options_.id));
    if (request.tasks.empty()) return;
    call({std::move(request)});
    may_be_work_ = true;
}

int Worker::free_slots() const {
    if (stops_noticed_ > 0 || paused_until_) return 0;
    return std::max(0, options_.slots - static_cast<int>(running_.size()));
}

void Worker::ask(std::vector<wire::Request>& requests) const {
    for (int slot = 0; slot < free_slots(); ++slot) {
        wire::GetWork question{.worker = options_.id};
        if (slot == 0) {  // what was handed out in an answer that got lost is handed out again
            question.current_tasks.emplace();
            for (const auto& [token, running] : running_) question.current_tasks->push_back(plan_[running.node].task.id());
        }
        requests.emplace_back(std::move(question));
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
        for (std::size_t i = sent.size(); i < answers.size(); ++i) {
            const auto& work = std::get<wire::Work>(answers[i]);
            const auto* assignment = std::get_if<wire::Assignment>(&work.assignment);
            if (!assignment) continue;
            start(*assignment);
            may_be_work_ = true;
        }
    }
}

void Worker::forget_retries_due_before(Time asked) {
    // Their pause was over when the scheduler was asked: they are handed out now, or when what else they wait for is
    // there. A pause that ended while it answered is another question's.
    std::erase_if(retries_, [&](const auto& retry) { return retry.second.at < asked; });
}

void Worker::start(const wire::Assignment& assignment) {
    auto node = plan_.find(assignment.task_id);
    if (!node) {  // somebody else's, which this program can make all the same
        node = plan_.add({registry_.make(assignment.family, Values(assignment.params.begin(), assignment.params.end()))}).front();
        standings_.resize(plan_.size());
    }
    const AnyTask& task = plan_[*node].task;
    const wire::LeaseToken lease = assignment.lease ? assignment.lease->token : 0;
    retries_.erase(*node);
    if (lacks_a_requirement(*node, lease)) return;
    if (task.type().kind == Kind::wrapper) {
        wire::AddTask request = report(task, wire::Status::done, options_.id);
        request.lease = lease;
        unsent_.push_back({*node, std::move(request), {.how = AttemptEnd::How::done}});
        return;
    }
    Standing& standing = standings_[*node];
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

bool Worker::lacks_a_requirement(std::size_t node, wire::LeaseToken lease) {
    try {
        return waits_for_vanished(node, lease);
    } catch (const StoreError&) {
        throw;
    } catch (const std::exception& error) {  // of a requirement's complete(), or a plan that has become impossible
        report_failure({.node = node, .lease = lease, .number = standings_[node].attempts},
                       {.failure_class = FailureClass::transient, .message = error.what()}, {});
        unsent_.back().request.lease = lease;
        return true;
    }
}

bool Worker::waits_for_vanished(std::size_t node, wire::LeaseToken lease) {
    std::vector<std::string> vanished;
    const auto requirements = plan_[node].requirements;
    for (const std::size_t required : requirements) {
        if (plan_[required].task.type().kind == Kind::wrapper || plan_[required].task.complete()) continue;
        vanished.push_back(plan_[required].task.id());
        const std::size_t first_new = plan_.size();
        plan_.look_again(required);
        standings_.resize(plan_.size());
        standings_[required].is_done = false;
        wire::RegisterTasks again{.tasks = {registration(plan_, required, options_.id)}};
        for (std::size_t i = first_new; i < plan_.size(); ++i) again.tasks.push_back(registration(plan_, i, options_.id));
        call({std::move(again)});
    }
    if (vanished.empty()) return false;

    const AnyTask& task = plan_[node].task;
    const std::string message = fmt::format("the output of {} has gone", vanished.front());
    wire::AddTask request = report(task, wire::Status::pending, options_.id);
    AttemptEnd end{.how = AttemptEnd::How::waiting, .attempt = standings_[node].attempts, .message = message};
    if (std::exchange(standings_[node].lost_a_requirement, true)) {  // a second time: somebody keeps removing it
        request.status = wire::Status::failed;
        request.failure = wire::Failure{.failure_class = FailureClass::permanent};
        request.expl = Json(message + " again").text();
        end = {.how = AttemptEnd::How::failed, .attempt = end.attempt, .message = message + " again",
               .failure_class = FailureClass::permanent};
    } else {
        request.new_deps = vanished;
    }
    request.lease = lease;
    unsent_.push_back({node, std::move(request), std::move(end)});
    return true;
}

}  // namespace freshet::worker

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
//
// What the workers of a simulated day do.
#include "conversation.hpp"
#include "invariants.hpp"
#include "simulation.hpp"
#include "support/fake_clock.hpp"
#include "wire/codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>

namespace freshet::test {

using wire::Status;

namespace {

/// A plan younger than the scheduler's `stable_done_cooldown_secs` does no harm, however old its look at the outputs.
constexpr auto longest_planning = std::chrono::seconds(8);

constexpr auto trust = std::chrono::seconds(60);  // worker_disconnect_delay

}  // namespace

void Simulation::act(Worker& worker) {
    if (now_ < worker.absent_until) return;
    if (chance(1)) return crash(worker);
    if (chance(1)) {
        worker.absent_until = in(150);  // longer than it is trusted, at times
        return;
    }
    if (!worker.has_registered) return register_tasks(worker);
    if (!deliver(worker)) return;
    const auto ended = std::find_if(worker.running.begin(), worker.running.end(),
                                    [&](const Running& attempt) { return attempt.ends <= now_; });
    if (ended != worker.running.end()) {
        const Running attempt = *ended;
        worker.running.erase(ended);
        return end_attempt(worker, attempt);
    }
    if (worker.running.empty()) count_pending(worker);
    else call(worker, wire::Ping{worker.name});
    if (worker.running.size() < 3) ask_for_work(worker);
}

/// A process begins, as the one before it in its place has ended.
void Simulation::start(Worker& worker) {
    worker = {.name = fmt::format("W{}", ++processes_), .kind = chance(70) ? Kind::ours : Kind::luigi};
    worker.last_sign = now_;
    look(worker);
}

void Simulation::crash(Worker& worker) {
    onlooker_.is_not_trusted(worker.name);
    start(worker);
    worker.absent_until = in(120);
}

void Simulation::look(Worker& worker) {
    worker.seen.clear();
    for (const auto& [task, known] : graph_)
        if (finished(task)) worker.seen.insert(task);
    worker.looked = now_;
    worker.has_registered = false;
}

/// What is missing, and what it requires: a planner looks no further than what is complete.
std::vector<wire::AddTask> Simulation::plan(const Worker& worker) const {
    std::map<std::string, wire::AddTask> requests;
    const auto describe = [&](const std::string& task, Status status) -> wire::AddTask& {
        return requests[task] = {.worker = worker.name,
                                 .task_id = task,
                                 .status = status,
                                 .runnable = status == Status::pending,
                                 .resources = graph_.at(task).resources,
                                 .family = "T"};
    };
    for (const auto& [task, known] : graph_) {
        if (known.cycle > cycle_ || worker.seen.contains(task)) continue;
        auto& request = describe(task, Status::pending);
        request.deps = known.deps;
        request.priority = static_cast<double>(known.deps.size());
        for (const std::string& dep : known.deps)
            if (worker.seen.contains(dep)) describe(dep, Status::done);
    }
    std::vector<wire::AddTask> all;
    for (auto& [task, request] : requests) all.push_back(std::move(request));
    return all;
}

void Simulation::register_tasks(Worker& worker) {
    if (now_ - worker.looked > longest_planning) return look(worker);
    auto tasks = plan(worker);
    if (worker.kind == Kind::ours) {
        worker.has_registered = call(worker, wire::RegisterTasks{std::move(tasks)}).has_value();
        return;
    }
    for (wire::AddTask& task : tasks)
        if (!call(worker, std::move(task))) return;  // from the beginning, when it is next its turn
    worker.has_registered = true;
}

std::optional<wire::Response> Simulation::call(Worker& worker, const wire::Request& request) {
    auto outcome = daemon_.call(request, now_, random_);
    if (diary_) write_down(worker, request, outcome);
    if (outcome.executed) {
        if (now_ - worker.last_sign > trust) onlooker_.is_not_trusted(worker.name);
        // Luigi's count_pending is none.
        if (!std::holds_alternative<wire::CountPending>(request)) worker.last_sign = now_;
    }
    if (!outcome.executed) return std::nullopt;
    note(request, outcome.answer ? *outcome.answer : *outcome.unheard);
    return outcome.answer;
}

void Simulation::write_down(const Worker& worker, const wire::Request& request, const SimulatedDaemon::Outcome& outcome) {
    const auto call = wire::encode(request);
    if (call.method == "ping" || call.method == "count_pending") return;
    const auto& answer = outcome.answer ? outcome.answer : outcome.unheard;
    *diary_ << fmt::format("{:.1f} {}{}{} {} {} -> {}\n", scheduler::Seconds(now_ - FakeClock::start).count(), worker.name,
                           worker.kind == Kind::luigi ? " (Luigi)" : "",
                           outcome.answer ? "" : outcome.executed ? " (answer lost)" : " (request lost)", call.method,
                           call.arguments.text(), answer ? wire::encode(*answer).text() : "");
}

/// What came of a request, whether or not the answer arrives.
void Simulation::note(const wire::Request& request, const wire::Response& response) {
    const auto* report = std::get_if<wire::AddTask>(&request);
    if (report && report->status == Status::done && std::get<wire::TaskAdded>(response).refused.empty())
        note_completion(*report);
    const auto* work = std::get_if<wire::Work>(&response);
    const auto* given = work ? std::get_if<wire::Assignment>(&work->assignment) : nullptr;
    if (given && given->lease)
        onlooker_.has_leased(std::get<wire::GetWork>(request).worker, given->task_id, given->lease->token);
}

void Simulation::note_completion(const wire::AddTask& report) {
    const auto& tasks = daemon_.state().board().tasks;
    const auto id = tasks.find(report.task_id);
    const bool counts = id && tasks[*id].status == Status::done;
    onlooker_.expect(counts || !report.lease, invariant::reports_count, report.task_id);
    if (counts) onlooker_.is_recorded(report.task_id);
}

void Simulation::count_pending(Worker& worker) {
    const auto pending = ask<wire::Pending>(worker, wire::CountPending{worker.name});
    if (!pending || pending->n_pending_tasks > 0) return;
    if (worker.kind == Kind::ours && chance(50)) return look(worker);  // has it been forgotten? it registers anew
    start(worker);
}

void Simulation::ask_for_work(Worker& worker) {
    wire::GetWork request{.worker = worker.name, .current_tasks = std::vector<std::string>{}};
    request.leases = worker.kind == Kind::ours;
    for (const Running& attempt : worker.running) request.current_tasks->push_back(attempt.task);
    const auto work = ask<wire::Work>(worker, request);
    const auto* given = work ? std::get_if<wire::Assignment>(&work->assignment) : nullptr;
    if (!given) return;
    worker.running.push_back({given->task_id, given->lease ? given->lease->token : 0, in(40)});
    for (const Worker& other : workers_)
        if (now_ - other.last_sign > trust) onlooker_.is_not_trusted(other.name);
    onlooker_.is_given(worker.name, given->task_id);
}

void Simulation::end_attempt(Worker& worker, const Running& attempt) {
    onlooker_.lets_go(worker.name, attempt.task);
    const std::string& found = graph_.at(attempt.task).found_while_running;
    if (chance(10)) return owe(worker, attempt, Status::failed);
    if ((!found.empty() && !onlooker_.is_complete(found)) || (worker.kind == Kind::ours && chance(5)))
        return owe(worker, attempt, Status::pending);
    if (!may_publish(worker, attempt)) return;
    if (chance(3)) return crash(worker);  // it died before it could say so
    owe(worker, attempt, Status::done);
}

/// The question and the renaming are one step: nothing comes between them that the lease would not outlive.
bool Simulation::may_publish(Worker& worker, const Running& attempt) {
    if (worker.kind == Kind::luigi) {
        onlooker_.puts_in_place(attempt.task);
        return true;
    }
    const auto lease = ask<wire::LeaseState>(worker, wire::HoldsLease{worker.name, attempt.task, attempt.lease});
    if (!lease || !lease->held) return false;
    onlooker_.puts_in_place_under(attempt.task, attempt.lease);
    return true;
}

void Simulation::owe(Worker& worker, const Running& attempt, Status status) {
    auto report = Conversation::report(worker.name, attempt.task, status);
    const SimulatedTask& known = graph_.at(attempt.task);
    report.resources = known.resources;
    if (status == Status::pending && !known.found_while_running.empty())
        report.new_deps = std::vector{known.found_while_running};
    if (worker.kind == Kind::ours) report.lease = attempt.lease;
    if (status == Status::failed && worker.kind == Kind::ours && chance(50))
        report.failure = wire::Failure{chance(20) ? FailureClass::permanent : FailureClass::transient};
    if (status == Status::done && known.announces)
        report.events = {Event{.id = "completed " + attempt.task, .source = "/day", .type = "t", .subject = attempt.task,
                               .time = now_, .key = "k", .data = 1}};
    worker.owed.push_back(std::move(report));
}

/// Results are kept until they are acknowledged. Whether all are.
bool Simulation::deliver(Worker& worker) {
    while (!worker.owed.empty()) {
        if (!call(worker, worker.owed.front())) return false;
        worker.owed.pop_front();
    }
    return true;
}

}  // namespace freshet::test

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
//
// The workers of a simulated day.
#include "rpc/codec.hpp"
#include "scheduler_harness.hpp"
#include "simulation.hpp"
#include "support/fake_clock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>

namespace freshet::test {

using rpc::Status;

namespace {

/// A plan younger than the scheduler's `stable_done_cooldown_secs` is harmless, however old its view of the outputs.
constexpr auto longest_planning = std::chrono::seconds(8);

constexpr auto lease_timeout = std::chrono::seconds(60);  // worker_disconnect_delay

}  // namespace

void Simulation::act(Worker& worker) {
    if (now_ < worker.absent_until) return;
    if (chance(1)) return crash(worker);
    if (chance(1)) {
        worker.absent_until = in(chance(10) ? 1500 : 150);  // longer than the worker timeout, or until it is forgotten
        return;
    }
    if (!worker.has_registered) return register_tasks(worker);
    if (!deliver(worker)) return;
    const auto ended = std::find_if(worker.running.begin(), worker.running.end(),
                                    [&](const Attempt& attempt) { return attempt.ends <= now_; });
    if (ended != worker.running.end()) {
        const Attempt attempt = *ended;
        worker.running.erase(ended);
        if (!end_attempt(worker, attempt)) worker.running.push_back(attempt);  // its outputs stay staged
        return;
    }
    if (worker.running.empty())
        count_pending(worker);
    else
        send_heartbeat(worker);
    if (worker.running.size() < 3) ask_for_work(worker);
}

/// Starts a process in the place of one that has ended.
void Simulation::start(Worker& worker) {
    worker = {.name = fmt::format("W{}", ++processes_), .kind = chance(70) ? Kind::freshet : Kind::luigi};
    worker.last_sign = now_;
    observe_outputs(worker);
}

void Simulation::crash(Worker& worker) {
    checker_.on_lease_expired(worker.name);
    start(worker);
    worker.absent_until = in(120);
}

void Simulation::observe_outputs(Worker& worker) {
    worker.seen_complete.clear();
    for (const auto& [task, known] : graph_)
        if (finished(task)) worker.seen_complete.insert(task);
    worker.observed_at = now_;
    worker.has_registered = false;
}

/// Incomplete tasks and their requirements: a planner stops at complete tasks.
std::vector<rpc::AddTask> Simulation::plan(const Worker& worker) const {
    std::map<std::string, rpc::AddTask> requests;
    const auto describe = [&](const std::string& task, Status status) -> rpc::AddTask& {
        return requests[task] = {.worker = worker.name,
                                 .task_id = task,
                                 .status = status,
                                 .runnable = status == Status::pending,
                                 .resources = graph_.at(task).resources,
                                 .family = "T"};
    };
    for (const auto& [task, known] : graph_) {
        if (known.cycle > cycle_ || worker.seen_complete.contains(task)) continue;
        auto& request = describe(task, Status::pending);
        request.deps = known.deps;
        request.priority = static_cast<double>(known.deps.size());
        for (const std::string& dep : known.deps)
            if (worker.seen_complete.contains(dep)) describe(dep, Status::done);
    }
    std::vector<rpc::AddTask> all;
    for (auto& [task, request] : requests) all.push_back(std::move(request));
    return all;
}

void Simulation::register_tasks(Worker& worker) {
    if (now_ - worker.observed_at > longest_planning) return observe_outputs(worker);
    auto tasks = plan(worker);
    if (worker.kind == Kind::freshet) {
        worker.has_registered = call(worker, rpc::RegisterTasks{std::move(tasks)}).has_value();
        return;
    }
    for (rpc::AddTask& task : tasks)
        if (!call(worker, std::move(task))) return;  // starts over at its next turn
    worker.has_registered = true;
}

std::optional<rpc::Response> Simulation::call(Worker& worker, const rpc::Request& request) {
    if (now_ < worker.cut_until) return std::nullopt;
    auto outcome = daemon_.call(request, now_, random_);
    if (trace_) trace_call(worker, request, outcome);
    if (outcome.executed) {
        if (now_ - worker.last_sign > lease_timeout) checker_.on_lease_expired(worker.name);
        // Luigi's count_pending is no heartbeat.
        if (!std::holds_alternative<rpc::CountPending>(request)) worker.last_sign = now_;
    }
    if (!daemon_.is_down()) observe_started(worker.name, outcome.is_rejected);
    settle_completions();
    check_failures();
    if (const auto* report = std::get_if<rpc::AddTask>(&request);
        outcome.is_rejected && report && report->status == Status::done)
        unsettled_.insert(report->task_id);
    if (!outcome.executed) return std::nullopt;
    observe(request, outcome.answer ? *outcome.answer : *outcome.lost_answer);
    return outcome.answer;
}

void Simulation::trace_call(const Worker& worker, const rpc::Request& request,
                            const SimulatedDaemon::Outcome& outcome) {
    const auto call = rpc::encode(request);
    if (call.method == "ping" || call.method == "count_pending") return;
    const auto& answer = outcome.answer ? outcome.answer : outcome.lost_answer;
    *trace_ << fmt::format("{:.1f} {}{}{} {} {} -> {}\n", scheduler::Seconds(now_ - FakeClock::start).count(),
                           worker.name, worker.kind == Kind::luigi ? " (Luigi)" : "",
                           outcome.answer     ? ""
                           : outcome.executed ? " (answer lost)"
                                              : " (request lost)",
                           call.method, call.arguments.text(), answer ? rpc::encode(*answer).text() : "");
}

/// Records the effect of a request, whether or not its response arrives.
void Simulation::observe(const rpc::Request& request, const rpc::Response& response) {
    const auto* report = std::get_if<rpc::AddTask>(&request);
    if (report && report->status == Status::done && std::get<rpc::TaskAdded>(response).refused.empty())
        observe_completion(*report);
    const auto* work = std::get_if<rpc::Work>(&response);
    const auto* given = work ? std::get_if<rpc::Assignment>(&work->assignment) : nullptr;
    if (given && given->lease)
        checker_.on_leased(std::get<rpc::GetWork>(request).worker, given->task_id, given->lease->token);
}

void Simulation::observe_completion(const rpc::AddTask& report) {
    const auto& tasks = daemon_.machine().state().tasks;
    const auto id = tasks.find(report.task_id);
    const bool counts = id && tasks[*id].status == Status::done;
    checker_.expect(counts || !report.lease, invariant::reports_count, report.task_id);
    if (counts) checker_.on_recorded(report.task_id);
}

/// Records the completions that were rejected for want of disk space, and written later all the same.
void Simulation::settle_completions() {
    if (daemon_.is_down() || daemon_.is_disk_full()) return;
    const auto& tasks = daemon_.machine().state().tasks;
    for (const std::string& task : std::exchange(unsettled_, {}))
        if (const auto id = tasks.find(task); id && tasks[*id].status == Status::done) checker_.on_recorded(task);
}

void Simulation::count_pending(Worker& worker) {
    const auto pending = ask<rpc::Pending>(worker, rpc::CountPending{worker.name});
    if (!pending || pending->n_pending_tasks > 0) return;
    if (worker.kind == Kind::freshet && chance(50))
        return observe_outputs(worker);  // it may have been removed: registers again
    start(worker);
}

void Simulation::ask_for_work(Worker& worker) {
    rpc::GetWork request{.worker = worker.name, .current_tasks = std::vector<std::string>{}};
    request.leases = worker.kind == Kind::freshet;
    for (const Attempt& attempt : worker.running) request.current_tasks->push_back(attempt.task);
    const auto work = ask<rpc::Work>(worker, request);
    const auto* given = work ? std::get_if<rpc::Assignment>(&work->assignment) : nullptr;
    if (!given) return;
    worker.running.push_back({given->task_id, given->lease ? given->lease->token : 0, in(40)});
    for (const Worker& other : workers_)
        if (now_ - other.last_sign > lease_timeout) checker_.on_lease_expired(other.name);
    checker_.on_assigned(worker.name, given->task_id);
}

/// Records the attempts of the worker, which the scheduler may have started without an answer.
void Simulation::observe_started(const std::string& worker, bool is_rejected) {
    const auto& tasks = daemon_.machine().state().tasks;
    for (const auto id : tasks.in_order(Status::running))
        if (tasks[id].worker_running && *tasks[id].worker_running == worker) {
            checker_.on_started(tasks[id].id, tasks[id].lease);
            if (is_rejected) checker_.on_untold(tasks[id].id, tasks[id].lease);
        }
}

/// Renews the leases of running attempts, and stops those whose lease was taken.
void Simulation::send_heartbeat(Worker& worker) {
    rpc::Ping ping{worker.name};
    for (const Attempt& attempt : worker.running)
        if (worker.kind == Kind::freshet) ping.leases.emplace(attempt.task, static_cast<std::int64_t>(attempt.lease));
    const auto answer = ask<rpc::Messages>(worker, ping);
    if (!answer) return;
    std::erase_if(worker.running, [&](const Attempt& attempt) {
        if (!answer->taken_leases.contains(attempt.task)) return false;
        checker_.on_discarded(attempt.task, attempt.lease);
        checker_.on_released(worker.name, attempt.task);
        return true;
    });
    const auto& tasks = daemon_.machine().state().tasks;
    for (const Attempt& attempt : worker.running)
        if (const auto id = tasks.find(attempt.task);
            id && attempt.lease > 0 && tasks[*id].status == Status::running && tasks[*id].lease == attempt.lease)
            checker_.on_held(worker.name, attempt.task);
}

/// Returns false when the scheduler has not answered who holds the lease.
bool Simulation::end_attempt(Worker& worker, const Attempt& attempt) {
    const std::string& found = graph_.at(attempt.task).found_while_running;
    std::optional<Status> status;
    if (chance(10))
        status = Status::failed;
    else if ((!found.empty() && !checker_.is_complete(found)) || (worker.kind == Kind::freshet && chance(5)))
        status = Status::pending;
    if (!status) {
        const auto is_held = may_publish(worker, attempt);
        if (!is_held) return false;
        if (*is_held) status = Status::done;
    }
    checker_.on_released(worker.name, attempt.task);
    if (!status) return true;
    if (status == Status::done && chance(3))
        crash(worker);  // dies before its report
    else
        queue_report(worker, attempt, *status);
    return true;
}

/// Checks the lease and publishes in one step: the lease outlives everything between the two. nullopt: no answer.
std::optional<bool> Simulation::may_publish(Worker& worker, const Attempt& attempt) {
    if (worker.kind == Kind::luigi) {
        checker_.on_published(attempt.task);
        return true;
    }
    const auto lease = ask<rpc::LeaseState>(worker, rpc::HoldsLease{worker.name, attempt.task, attempt.lease});
    if (!lease) return std::nullopt;
    if (!lease->held) {
        checker_.on_discarded(attempt.task, attempt.lease);
        return false;
    }
    checker_.on_published_under(attempt.task, attempt.lease);
    return true;
}

void Simulation::queue_report(Worker& worker, const Attempt& attempt, Status status) {
    auto report = SchedulerHarness::report(worker.name, attempt.task, status);
    const SimulatedTask& known = graph_.at(attempt.task);
    report.resources = known.resources;
    if (status == Status::pending && !known.found_while_running.empty())
        report.new_deps = std::vector{known.found_while_running};
    if (worker.kind == Kind::freshet) report.lease = attempt.lease;
    if (status == Status::failed && worker.kind == Kind::freshet && chance(50))
        report.failure = rpc::Failure{chance(20) ? FailureClass::permanent : FailureClass::transient};
    if (status == Status::done && known.emits_events)
        report.events = {Event{.id = "completed " + attempt.task,
                               .source = "/day",
                               .type = "t",
                               .subject = attempt.task,
                               .time = now_,
                               .key = "k",
                               .data = 1}};
    worker.unacknowledged.push_back(std::move(report));
}

/// Sends results until they are acknowledged. Returns true if all are.
bool Simulation::deliver(Worker& worker) {
    while (!worker.unacknowledged.empty()) {
        if (!call(worker, worker.unacknowledged.front())) return false;
        worker.unacknowledged.pop_front();
    }
    return true;
}

}  // namespace freshet::test

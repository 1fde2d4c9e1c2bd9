// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulation.hpp"

namespace freshet::test {

using scheduler::Seconds;
using wire::Status;

namespace {

scheduler::Config impatient() {
    scheduler::Config config;
    config.retry_delay = Seconds(30);
    config.prune_on_get_work = true;
    return config;
}

}  // namespace

Simulation::Simulation(std::uint64_t seed) : random_(seed), talk_(impatient()) {
    for (int i = 0; i < 40; ++i) {
        auto& deps = tasks_["T_" + std::to_string(i)];
        for (int d = 0; d < 3 && i > 0; ++d)
            if (chance(40)) deps.push_back("T_" + std::to_string(random_() % static_cast<unsigned>(i)));
    }
    workers_.resize(3);
    for (auto& worker : workers_) start_worker(worker);
}

/// A process begins: it looks at the outputs and registers everything, as a planner does.
void Simulation::start_worker(SimulatedWorker& worker) {
    worker = {.name = "W" + std::to_string(++generation_)};
    for (const auto& [task, deps] : tasks_) {
        if (published_.contains(task))
            talk_.add({.worker = worker.name, .task_id = task, .status = Status::done, .runnable = false});
        else
            talk_.registers(worker.name, task, deps);
    }
}

void Simulation::run() {
    for (int step = 0; step < 20'000 && !all_done(); ++step) {
        talk_.pass(Seconds(0.1 * static_cast<double>(random_() % 20)));
        act(workers_[random_() % workers_.size()]);
    }
    if (!all_done()) problems_.push_back("some tasks were never done");
}

void Simulation::act(SimulatedWorker& worker) {
    if (talk_.now < worker.hangs_until) return;
    if (chance(2)) return start_worker(worker);  // it crashed, and fcron started it again
    if (chance(2))
        worker.hangs_until = talk_.now + std::chrono::seconds(random_() % 200);  // longer than it is trusted, at times
    if (talk_.work(worker.name).pending.n_pending_tasks == 0 && worker.running.empty()) return start_worker(worker);
    for (std::size_t i = 0; i < worker.running.size(); ++i) {
        if (worker.running[i].ends > talk_.now) continue;
        const Running attempt = worker.running[i];
        worker.running.erase(worker.running.begin() + static_cast<std::ptrdiff_t>(i));
        return end_attempt(worker, attempt);
    }
    ask_for_work(worker);
}

void Simulation::ask_for_work(SimulatedWorker& worker) {
    std::vector<std::string> current;
    for (const Running& attempt : worker.running) current.push_back(attempt.task);
    const auto work = talk_.ask<wire::Work>(wire::GetWork{.worker = worker.name, .current_tasks = current});
    const auto* given = std::get_if<wire::Assignment>(&work.assignment);
    if (!given) return;
    newest_[given->task_id] = given->lease->token;
    if (chance(5)) return;  // the answer is lost
    if (acknowledged_.contains(given->task_id))
        problems_.push_back(given->task_id + " was handed out after its completion");
    worker.running.push_back({given->task_id, given->lease->token, talk_.now + std::chrono::seconds(random_() % 30)});
    check_holders(given->task_id);
}

void Simulation::end_attempt(SimulatedWorker& worker, const Running& attempt) {
    if (chance(10)) return tell(worker, attempt, Status::failed);
    if (chance(5)) return tell(worker, attempt, Status::pending);
    publish(worker, attempt);
}

/// The question and the renaming are one step: nothing comes between them that the lease would not outlive.
void Simulation::publish(SimulatedWorker& worker, const Running& attempt) {
    check_holders(attempt.task);
    if (!talk_.ask<wire::LeaseState>(wire::HoldsLease{worker.name, attempt.task, attempt.lease}).held) return;
    if (attempt.lease < newest_[attempt.task])
        problems_.push_back(attempt.task + " was put in place under an old lease");
    published_.insert(attempt.task);             // when it was there already, its maker died before it could say so
    if (chance(5)) return start_worker(worker);  // it died before it could say so
    if (chance(10)) tell(worker, attempt, Status::done);
    tell(worker, attempt, Status::done);
    acknowledged_.insert(attempt.task);
}

void Simulation::tell(const SimulatedWorker& worker, const Running& attempt, Status status) {
    auto report = Conversation::report(worker.name, attempt.task, status);
    report.lease = attempt.lease;
    if (status == Status::failed && chance(50)) report.failure = wire::Failure{FailureClass::transient};
    talk_.add(report);
}

void Simulation::check_holders(const std::string& task) {
    int holders = 0;
    for (const auto& worker : workers_)
        for (const Running& attempt : worker.running)
            if (attempt.task == task && talk_.task(task).lease == attempt.lease &&
                scheduler::is_running(talk_.task(task)))
                ++holders;
    if (holders > 1) problems_.push_back(task + " is held by two workers");
}

}  // namespace freshet::test

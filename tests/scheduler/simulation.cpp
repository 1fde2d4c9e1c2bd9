// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulation.hpp"

#include "scheduler/scheduler_state.hpp"
#include "scheduler/state_machine.hpp"
#include "support/fake_clock.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>

namespace freshet::test {

using rpc::Status;

namespace {

constexpr int cycles = 4;
constexpr int tasks_of_cycle = 10;
constexpr auto cycle_interval = std::chrono::hours(6);
constexpr int steps_of_cycle = 20'000;  // hours: an incomplete task is stuck

scheduler::Config config_of_day() {
    scheduler::Config config;
    config.retry_delay = scheduler::Seconds(30);
    config.retry_count = 3;
    config.disable_persist = scheduler::Seconds(600);
    config.prune_on_get_work = true;
    config.resources = {{"db", 2}};
    return config;
}

std::string name_of(int task) { return fmt::format("T_{}", task); }

void run_simulated_day(std::uint64_t seed, std::ostream* trace = nullptr) {
    INFO("seed " << seed << ": run with FRESHET_SEED=" << seed << " to trace this day call by call");
    Simulation day(seed, trace);
    day.run();
    CHECK(day.violations() == std::vector<std::string>{});
}

}  // namespace

Simulation::Simulation(std::uint64_t seed, std::ostream* trace)
    : random_(seed),
      trace_(trace),
      now_(FakeClock::start),
      daemon_(config_of_day(), seed, now_),
      checker_(graph_, config_of_day().resources, trace),
      workers_(4) {
    make_graph();
    for (Worker& worker : workers_) start(worker);
}

void Simulation::make_graph() {
    for (int i = 0; i < cycles * tasks_of_cycle; ++i) {
        SimulatedTask task{.emits_events = chance(20), .cycle = i / tasks_of_cycle};
        for (int d = 0; d < 3 && i > 0; ++d)
            if (chance(40)) task.deps.push_back(name_of(static_cast<int>(random_() % static_cast<unsigned>(i))));
        if (chance(10) && i > 0) task.found_while_running = name_of(i - 1);
        if (chance(25)) task.resources = {{"db", 1 + static_cast<std::int64_t>(random_() % 2)}};
        graph_[name_of(i)] = std::move(task);
    }
}

void Simulation::run() {
    for (cycle_ = 0; cycle_ < cycles; ++cycle_) {
        now_ = std::max(now_, FakeClock::start + cycle_ * cycle_interval);
        for (int step = 0; step < steps_of_cycle && !cycle_finished(); ++step) {
            now_ += std::chrono::milliseconds(100 * (random_() % 20));
            inject_faults();
            act_as_operator();
            act(workers_[random_() % workers_.size()]);
        }
        checker_.expect(cycle_finished(), invariant::all_finished, fmt::format("cycle {}", cycle_));
    }
    check_database();
}

/// An announced completion counts only when the scheduler has its event.
bool Simulation::finished(const std::string& task) const {
    return checker_.is_complete(task) && (!graph_.at(task).emits_events || checker_.was_recorded(task));
}

bool Simulation::cycle_finished() const {
    return std::all_of(graph_.begin(), graph_.end(),
                       [&](const auto& task) { return task.second.cycle > cycle_ || finished(task.first); });
}

void Simulation::inject_faults() {
    settle_completions();
    if (random_() % 400 == 0) {
        daemon_.kill(in(100));
        killed_ = now_;
        unsettled_.clear();  // what was not written is lost
    }
    if (random_() % 400 == 0) workers_[random_() % workers_.size()].cut_until = in(200);
    if (random_() % 400 == 0) set_clock();
    if (random_() % 600 == 0) {
        daemon_.set_disk_full(true);
        full_until_ = in(150);
    }
    if (full_until_ != Time{} && now_ >= full_until_) {
        daemon_.set_disk_full(false);
        full_until_ = {};
    }
    if (random_() % 800 == 0 && !daemon_.is_down()) suspend_daemon();
    restart_daemon();
}

/// Sets the clock of the scheduler's machine; a correct one comes back as likely.
void Simulation::set_clock() {
    constexpr std::array<std::chrono::seconds, 5> changes = {std::chrono::hours(1), std::chrono::hours(-1),
                                                             std::chrono::hours(24 * 400),
                                                             std::chrono::hours(-24 * 400), std::chrono::seconds(-90)};
    const auto change = changes[random_() % changes.size()];
    if (trace_) *trace_ << fmt::format("the clock is set by {} s\n", change.count());
    daemon_.set_clock(change, now_);
}

/// Workers go on meanwhile, and nobody answers them.
void Simulation::suspend_daemon() {
    const auto silence = std::chrono::seconds(15 + random_() % 600);
    now_ += silence;
    daemon_.suspend(silence);
    for (Worker& worker : workers_) worker.last_sign += silence;
}

void Simulation::restart_daemon() {
    std::vector<std::string> lost;
    if (!daemon_.restart_if_due(now_, lost)) return;
    for (const std::string& fact : lost) checker_.expect(false, invariant::restart_keeps, fact);
    for (Worker& worker : workers_)  // their timeouts start again
        if (killed_ - worker.last_sign <= config_of_day().worker_disconnect_delay) worker.last_sign = now_;
}

/// Acts as an operator on the page.
void Simulation::act_as_operator() {
    if (random_() % 200 != 0) return;
    const std::string task = name_of(static_cast<int>(random_() % graph_.size()));
    switch (random_() % 6) {
        case 0:
            daemon_.call(rpc::Pause{}, now_, random_);
            break;
        case 1:
            daemon_.call(rpc::ForgiveFailures{task}, now_, random_);
            break;
        case 2:
            daemon_.call(rpc::ReEnableTask{task}, now_, random_);
            break;
        case 3:
            acknowledge(task);
            break;
        default:
            daemon_.call(rpc::Unpause{}, now_, random_);
            break;
    }
    check_failures();
}

/// Acknowledges the failures of a task, and those that kept it from running.
void Simulation::acknowledge(const std::string& task) {
    const auto outcome = daemon_.call(rpc::AcknowledgeFailures{.task_id = task}, now_, random_);
    if (!outcome.executed && !outcome.is_rejected) return;
    std::vector<std::string> acknowledged{task};
    for (std::size_t i = 0; i < acknowledged.size(); ++i) {
        failures_.erase(acknowledged[i]);
        const SimulatedTask& known = graph_.at(acknowledged[i]);
        acknowledged.insert(acknowledged.end(), known.deps.begin(), known.deps.end());
        if (!known.found_while_running.empty()) acknowledged.push_back(known.found_while_running);
    }
}

/// Adds the tasks that have failed, and checks that the page knows of each until it succeeds.
void Simulation::check_failures() {
    if (daemon_.is_down() || daemon_.is_disk_full()) return;
    const auto& tasks = daemon_.machine().state().tasks;
    for (const Status status : {Status::failed, Status::disabled})
        for (const auto id : tasks.in_order(status))
            if (!details(tasks[id]).is_acknowledged) failures_[tasks[id].id] = tasks[id].lease;
    std::erase_if(failures_, [&](const auto& failure) {
        const auto id = tasks.find(failure.first);
        const bool goes_on = id && tasks[*id].status == Status::running && tasks[*id].lease == failure.second;
        return goes_on || checker_.is_complete(failure.first);  // its worker is back, and nothing has failed
    });
    for (const auto& [task, lease] : failures_) checker_.expect(is_on_page(task), invariant::failures_stay, task);
}

/// True if the page shows the failure of the task as its own, or as that of a task that requires it.
bool Simulation::is_on_page(const std::string& task) const {
    const auto& state = daemon_.machine().state();
    const auto id = state.tasks.find(task);
    if (id && alert_level_of(state.tasks[*id]) != scheduler::AlertLevel::none) return true;
    if (state.root_failures.all().contains(task)) return true;
    return std::ranges::any_of(graph_, [&](const auto& other) {
        const auto& [name, known] = other;
        const bool requires_task = std::ranges::count(known.deps, task) > 0 || known.found_while_running == task;
        return requires_task && is_on_page(name);
    });
}

/// Checks the history in the state file at the end of the day.
void Simulation::check_database() {
    auto& database = daemon_.database();
    const auto none = [&](const char* sql, std::string_view invariant) {
        checker_.expect(database.number(sql) == 0, invariant, sql);
    };
    none("SELECT count(*) FROM (SELECT 1 FROM attempts WHERE status = 'DONE' GROUP BY task_id HAVING count(*) > 1)",
         invariant::one_completion);
    none(
        "SELECT count(*) FROM attempts a WHERE ended IS NULL AND NOT EXISTS (SELECT 1 FROM tasks t WHERE "
        "t.task_id = a.task_id AND t.status IN ('RUNNING', 'BATCH_RUNNING'))",
        invariant::attempts_end);
    none(
        "SELECT count(*) FROM tasks t WHERE status = 'RUNNING' AND 1 <> (SELECT count(*) FROM attempts a WHERE "
        "a.task_id = t.task_id AND ended IS NULL)",
        invariant::attempts_end);
    const auto announcing =
        std::count_if(graph_.begin(), graph_.end(), [](const auto& t) { return t.second.emits_events; });
    checker_.expect(database.number("SELECT count(*) FROM outbox") == announcing, invariant::announced_once,
                    fmt::format("{} tasks announce", announcing));
}

void run_simulated_days(std::uint64_t first, std::uint64_t last) {
    if (const char* only = std::getenv("FRESHET_SEED")) return run_simulated_day(std::stoull(only), &std::cout);
    for (std::uint64_t seed = first; seed <= last; ++seed) run_simulated_day(seed);
}

}  // namespace freshet::test

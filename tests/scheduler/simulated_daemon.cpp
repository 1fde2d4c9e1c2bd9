// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulated_daemon.hpp"

#include "scheduler/records.hpp"
#include "scheduler/scheduler_state.hpp"
#include "scheduler/state_machine.hpp"
#include "store/database.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace freshet::test {

std::vector<std::string> persistent_state(const scheduler::StateMachine& machine) {
    const auto& state = machine.state();
    std::vector<std::string> all;
    for (const auto id : state.tasks.in_order())
        all.push_back(state.tasks[id].id + " " + task_record(state, id).content + " " +
                      std::to_string(state.tasks[id].unfinished) + " " + std::to_string(state.tasks[id].blocked));
    for (const auto& [name, worker] : state.workers.all()) all.push_back(name + " " + worker_record(worker).content);
    for (const auto& [id, failure] : state.root_failures.all())
        all.push_back(fmt::format("{} failed {} times: {}", id, failure.failures, failure.why));
    all.push_back(settings_record(state));
    return all;
}

SimulatedDaemon::SimulatedDaemon(scheduler::Config config, std::uint64_t seed, Time now)
    : config_(std::move(config)), seed_(seed) {
    start(now);
}

void SimulatedDaemon::start(Time now) {
    scheduler_ = std::make_unique<scheduler::Scheduler>(
        file_, log_, scheduler::SchedulerOptions{.config = config_, .seed = seed_}, local(now));
}

SimulatedDaemon::Outcome SimulatedDaemon::call(const rpc::Request& request, Time now, std::mt19937_64& random) {
    const auto chance = [&](unsigned percent) { return random() % 100 < percent; };
    if (down_until_ || chance(2)) return {};
    auto answer = execute(request, local(now));
    if (std::holds_alternative<rpc::Unavailable>(answer)) return {.is_rejected = true};
    if (chance(3)) return {.executed = true, .lost_answer = std::move(answer)};
    return {.executed = true, .answer = std::move(answer)};
}

/// Answers as the loop of freshetd does.
rpc::Response SimulatedDaemon::execute(const rpc::Request& request, Time now) {
    try {
        return std::move(scheduler_->execute({&request, 1}, now).front());
    } catch (const DiskFullError& error) {
        return std::move(scheduler_->execute_unstored({&request, 1}, error.what(), now).front());
    }
}

void SimulatedDaemon::set_clock(Time::duration change, Time now) {
    clock_error_ += change;
    if (down_until_) {
        clock_was_set_while_down_ = true;
        return;
    }
    scheduler_->shift_times(change, local(now));
    try {
        scheduler_->execute({}, local(now));
    } catch (const DiskFullError&) {
        // Written when there is room.
    }
}

void SimulatedDaemon::set_disk_full(bool is_full) {
    file_.database().execute(is_full ? "PRAGMA max_page_count = 1" : "PRAGMA max_page_count = 1000000");
}

void SimulatedDaemon::kill(Time until) {
    if (down_until_) return;
    before_kill_.clear();
    if (!scheduler_->is_disk_full()) before_kill_ = persistent_state(machine());  // else nothing was answered to
    clock_was_set_while_down_ = false;
    down_until_ = until;
}

bool SimulatedDaemon::restart_if_due(Time now, std::vector<std::string>& lost) {
    if (!down_until_ || now < *down_until_) return false;
    down_until_.reset();
    set_disk_full(false);  // it would not start
    start(now);
    if (clock_was_set_while_down_) return true;  // deadlines have changed
    const auto known = persistent_state(machine());
    std::copy_if(before_kill_.begin(), before_kill_.end(), std::back_inserter(lost),
                 [&](const std::string& fact) { return std::find(known.begin(), known.end(), fact) == known.end(); });
    return true;
}

}  // namespace freshet::test

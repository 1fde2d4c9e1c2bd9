// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulated_daemon.hpp"

#include "scheduler/records.hpp"
#include "scheduler/scheduler_state.hpp"
#include "scheduler/state_machine.hpp"

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
    all.push_back(settings_record(state));
    return all;
}

SimulatedDaemon::SimulatedDaemon(scheduler::Config config, std::uint64_t seed, Time now)
    : config_(std::move(config)), seed_(seed) {
    start(now);
}

void SimulatedDaemon::start(Time now) {
    scheduler_ = std::make_unique<scheduler::Scheduler>(
        file_, log_, scheduler::SchedulerOptions{.config = config_, .seed = seed_}, now);
}

SimulatedDaemon::Outcome SimulatedDaemon::call(const rpc::Request& request, Time now, std::mt19937_64& random) {
    const auto chance = [&](unsigned percent) { return random() % 100 < percent; };
    if (down_until_ || chance(2)) return {};
    auto answer = scheduler_->execute({&request, 1}, now).front();
    if (chance(3)) return {.executed = true, .lost_answer = std::move(answer)};
    return {.executed = true, .answer = std::move(answer)};
}

void SimulatedDaemon::kill(Time until) {
    if (down_until_) return;
    before_kill_ = persistent_state(machine());
    down_until_ = until;
}

bool SimulatedDaemon::restart_if_due(Time now, std::vector<std::string>& lost) {
    if (!down_until_ || now < *down_until_) return false;
    down_until_.reset();
    start(now);
    const auto known = persistent_state(machine());
    std::copy_if(before_kill_.begin(), before_kill_.end(), std::back_inserter(lost),
                 [&](const std::string& fact) { return std::find(known.begin(), known.end(), fact) == known.end(); });
    return true;
}

}  // namespace freshet::test

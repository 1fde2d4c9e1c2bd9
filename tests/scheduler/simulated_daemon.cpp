// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulated_daemon.hpp"

#include "scheduler/board.hpp"
#include "scheduler/record.hpp"
#include "scheduler/state.hpp"

#include <algorithm>
#include <iterator>

namespace freshet::test {

std::vector<std::string> remembered(const scheduler::State& state) {
    const auto& board = state.board();
    std::vector<std::string> all;
    for (const auto id : board.tasks.in_order())
        all.push_back(board.tasks[id].id + " " + task_record(board, id).content + " " +
                      std::to_string(board.tasks[id].unfinished) + " " + std::to_string(board.tasks[id].blocked));
    for (const auto& [name, worker] : board.workers.all()) all.push_back(name + " " + worker_record(worker).content);
    all.push_back(settings_record(board).text());
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

SimulatedDaemon::Outcome SimulatedDaemon::call(const wire::Request& request, Time now, std::mt19937_64& random) {
    const auto chance = [&](unsigned percent) { return random() % 100 < percent; };
    if (down_until_ || chance(2)) return {};
    auto answer = scheduler_->execute({&request, 1}, now).front();
    if (chance(3)) return {.executed = true, .unheard = std::move(answer)};
    return {.executed = true, .answer = std::move(answer)};
}

void SimulatedDaemon::kill(Time until) {
    if (down_until_) return;
    known_ = remembered(state());
    down_until_ = until;
}

bool SimulatedDaemon::comes_back(Time now, std::vector<std::string>& lost) {
    if (!down_until_ || now < *down_until_) return false;
    down_until_.reset();
    start(now);
    const auto known = remembered(state());
    std::copy_if(known_.begin(), known_.end(), std::back_inserter(lost),
                 [&](const std::string& fact) { return std::find(known.begin(), known.end(), fact) == known.end(); });
    return true;
}

}  // namespace freshet::test

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "scheduler/scheduler_state.hpp"

#include <random>
#include <string>
#include <vector>

namespace freshet::test {

/// Generates requests of workers and operators, sensible or not. Deterministic per seed.
class RandomRequests {
public:
    explicit RandomRequests(std::uint64_t seed, int tasks = 30) : random_(seed), tasks_(tasks) {}

    rpc::Request next(const scheduler::SchedulerState& state);

    std::string worker() { return "W" + std::to_string(below(4)); }
    int below(int bound) { return static_cast<int>(random_() % static_cast<std::uint64_t>(bound)); }
    bool one_in(int n) { return below(n) == 0; }
    /// Mostly short, sometimes long enough for back-offs, timeouts and removal.
    scheduler::Seconds next_time_step();

private:
    std::string task(int number) const { return "F" + std::to_string(number % 3) + "_" + std::to_string(number); }
    std::vector<std::string> some_before(int number);
    rpc::Resources some_resources();
    rpc::GetWork get_work_request();
    rpc::AddTask registration();
    rpc::AddTask report(const scheduler::Task& task);
    rpc::Request running_task_request(const scheduler::SchedulerState& state);
    rpc::Request worker_request();
    rpc::Request task_request();

    std::mt19937_64 random_;
    int tasks_;
};

}  // namespace freshet::test

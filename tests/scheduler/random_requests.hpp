// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/board.hpp"
#include "wire/request.hpp"

#include <random>
#include <string>
#include <vector>

namespace freshet::test {

/// Says what any number of workers and operators could say, sensible or not. The same seed says the same.
class RandomRequests {
public:
    explicit RandomRequests(std::uint64_t seed, int tasks = 30) : random_(seed), tasks_(tasks) {}

    wire::Request next(const scheduler::Board& board);

    std::string worker() { return "W" + std::to_string(below(4)); }
    int below(int bound) { return static_cast<int>(random_() % static_cast<std::uint64_t>(bound)); }
    bool one_in(int n) { return below(n) == 0; }
    /// Mostly moments, sometimes long enough for pauses, silence and removal.
    scheduler::Seconds passing_time();

private:
    std::string task(int number) const { return "F" + std::to_string(number % 3) + "_" + std::to_string(number); }
    std::vector<std::string> some_before(int number);
    wire::Resources some_resources();
    wire::GetWork question();
    wire::AddTask registration();
    wire::AddTask report(const scheduler::Task& task);
    wire::Request about_running(const scheduler::Board& board);
    wire::Request about_worker();
    wire::Request about_task();

    std::mt19937_64 random_;
    int tasks_;
};

}  // namespace freshet::test

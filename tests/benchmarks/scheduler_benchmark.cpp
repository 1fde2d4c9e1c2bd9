// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/scheduler.hpp"
#include "scheduler/state.hpp"
#include "store/state_file.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_log.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

using namespace freshet;
using namespace freshet::test;
using wire::Status;

namespace {

class Stopwatch {
public:
    double seconds() const { return std::chrono::duration<double>(clock_.steady_now() - began_).count(); }

private:
    SystemClock clock_;
    std::chrono::steady_clock::time_point began_ = clock_.steady_now();
};

wire::AddTask task(int number) {
    return {.worker = "W",
            .task_id = "ConvertToNetcdf_2026_08_21T06_" + std::to_string(number) + "_1f0a9c3b7d",
            .deps = std::vector<std::string>{},
            .family = "ConvertToNetcdf",
            .params = {{"cycle", "2026-08-21T06"}, {"lead", std::to_string(number)}, {"root", "/data"}},
            .retry_policy_dict = wire::RetryPolicy{.attempts = 5, .first_pause = 1, .longest_pause = 60}};
}

wire::AddTask done(const wire::Assignment& given) {
    return {.worker = "W",
            .task_id = given.task_id,
            .status = Status::done,
            .runnable = false,
            .expl = "null",
            .family = given.family,
            .params = given.params,
            .retry_policy_dict = wire::RetryPolicy{.attempts = 5, .first_pause = 1, .longest_pause = 60},
            .lease = given.lease->token};
}

/// Resident memory of this process.
double megabytes() {
    std::ifstream in("/proc/self/statm");
    double total = 0;
    double resident = 0;
    in >> total >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

/// One worker takes and finishes this many tasks.
double handed_out_per_second(scheduler::State& state, int count, Time now) {
    const Stopwatch watch;
    for (int i = 0; i < count; ++i) {
        const auto work = std::get<wire::Work>(state.handle(wire::GetWork{.worker = "W"}, now));
        state.handle(done(std::get<wire::Assignment>(work.assignment)), now);
        state.take_changes();
    }
    return count / watch.seconds();
}

}  // namespace

TEST_CASE("10,000 independent tasks are registered, handed out and done, durably, on a memory filesystem",
          "[benchmark]") {
    const auto path = std::filesystem::path("/dev/shm") / ("freshet-scheduler-benchmark-" + std::to_string(getpid()));
    const Stopwatch watch;
    {
        auto file = store::StateFile::own(path, store::this_process("benchmark", FakeClock::start));
        FakeLog log;
        scheduler::Scheduler scheduler(file, log, {}, FakeClock::start);
        wire::RegisterTasks all;
        for (int i = 0; i < 10'000; ++i) all.tasks.push_back(task(i));
        const std::vector<wire::Request> registration{all};
        scheduler.execute(registration, FakeClock::start);
        std::cout << "10,000 registered after " << watch.seconds() << " s\n";
        const wire::Request ask = wire::GetWork{.worker = "W"};
        auto answer = scheduler.execute({&ask, 1}, FakeClock::start).front();
        for (int i = 0; i < 10'000; ++i) {
            const auto given = std::get<wire::Assignment>(std::get<wire::Work>(answer).assignment);
            const std::vector<wire::Request> next{done(given), ask};
            answer = scheduler.execute(next, FakeClock::start).back();
        }
    }
    std::cout << "10,000 registered, handed out one by one and done in " << watch.seconds() << " s\n";
    for (const auto* ending : {"", ".lock"}) std::filesystem::remove(path.string() + ending);
}

TEST_CASE("handing out work takes as long with many pending tasks as with few", "[benchmark]") {
    std::vector<double> rates;
    for (const int pending : {1'000, 10'000, 100'000, 1'000'000}) {
        const double before = megabytes();
        scheduler::State state({}, 1);
        const Stopwatch watch;
        for (int i = 0; i < pending; ++i) {
            state.handle(task(i), FakeClock::start);
            if (i % 1000 == 0) state.take_changes();
        }
        const double registered = pending / watch.seconds();
        state.take_changes();
        const double bytes = (megabytes() - before) * 1e6 / pending;
        rates.push_back(handed_out_per_second(state, 900, FakeClock::start));
        std::cout << pending << " pending: " << registered << " registrations/s, " << rates.back()
                  << " get_work + DONE/s, " << bytes << " bytes a task\n";
    }
    std::cout << "with the fewest pending " << rates.front() / rates.back() << " times as fast as with the most\n";
}

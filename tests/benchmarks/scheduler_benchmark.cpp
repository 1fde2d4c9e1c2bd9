// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/scheduler.hpp"
#include "scheduler/state_machine.hpp"
#include "store/state_file.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_log.hpp"

#include <catch2/catch.hpp>

#include <malloc.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

using namespace freshet;
using namespace freshet::test;
using rpc::Status;

namespace {

/// CPU time of this thread: excludes other programs and disks.
class Stopwatch {
public:
    double seconds() const { return now() - began_; }

private:
    static double now() {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
    }

    double began_ = now();
};

/// A typical task: an id of 60 characters, four parameters, one dependency that is done.
rpc::AddTask task(int number) {
    std::string id = "ConvertToNetcdf_2026_08_21T06_" + std::to_string(number);
    id.resize(49, '_');
    return {.worker = "Worker(salt=123456789, workers=1, host=vm, username=root, pid=42)",
            .task_id = id + "_1f0a9c3b7d",
            .deps = std::vector<std::string>{},
            .family = "ConvertToNetcdf",
            .module = "freshet",
            .params = {{"cycle", "2026-08-21T06"},
                       {"lead", std::to_string(number)},
                       {"root", "https://noaa-gfs-bdp-pds.s3.amazonaws.com"},
                       {"revision", "1"}},
            .retry_policy_dict = rpc::RetryPolicy{.attempts = 5, .first_pause = 1, .longest_pause = 60}};
}

rpc::AddTask done(const rpc::AddTask& begun, const rpc::Assignment& given) {
    rpc::AddTask report = begun;
    report.task_id = given.task_id;
    report.status = Status::done;
    report.runnable = false;
    report.deps.reset();
    report.expl = "null";
    report.params = given.params;
    report.lease = given.lease->token;
    return report;
}

/// Bytes in use according to the allocator.
double bytes_in_use() {
    const auto info = mallinfo2();
    return static_cast<double>(info.uordblks + info.hblkhd);
}

/// A state file on a memory filesystem, or in FRESHET_BENCHMARK_FOLDER; removed at the end.
class BenchmarkFile {
public:
    BenchmarkFile() { remove(); }
    ~BenchmarkFile() { remove(); }

    store::StateFile own() const {
        return store::StateFile::open_exclusive(path_, store::this_process("benchmark", FakeClock::start));
    }
    std::uintmax_t size() const { return std::filesystem::file_size(path_); }

private:
    void remove() const {
        for (const auto* ending : {"", ".lock", "-wal", "-shm"}) std::filesystem::remove(path_.string() + ending);
    }

    static std::filesystem::path folder() {
        const char* chosen = std::getenv("FRESHET_BENCHMARK_FOLDER");
        return chosen ? chosen : "/dev/shm";
    }

    std::filesystem::path path_ = folder() / ("freshet-scheduler-benchmark-" + std::to_string(getpid()));
};

void register_tasks(scheduler::Scheduler& scheduler, int first, int count) {
    constexpr int at_once = 1000;
    for (int begun = first; begun < first + count; begun += at_once) {
        rpc::RegisterTasks some;
        for (int i = begun; i < std::min(begun + at_once, first + count); ++i) some.tasks.push_back(task(i));
        const rpc::Request request = std::move(some);
        scheduler.execute({&request, 1}, FakeClock::start);
    }
}

struct Times {
    std::vector<double> seconds;

    double sum() const {
        double all = 0;
        for (const double one : seconds) all += one;
        return all;
    }
    /// The quantile: the value that this fraction of the times does not exceed.
    double quantile(double part) {
        std::sort(seconds.begin(), seconds.end());
        return seconds[static_cast<std::size_t>(part * static_cast<double>(seconds.size() - 1))];
    }
};

/// One worker registers, gets and completes one task after the other, each request in a commit of its own.
Times cycles(scheduler::Scheduler& scheduler, int first, int count) {
    Times times;
    const auto send = [&](rpc::Request request) {
        const Stopwatch watch;
        auto answer = scheduler.execute({&request, 1}, FakeClock::start).front();
        times.seconds.push_back(watch.seconds());
        return answer;
    };
    for (int i = first; i < first + count; ++i) {
        const rpc::AddTask begun = task(i);
        send(begun);
        const auto work = std::get<rpc::Work>(send(rpc::GetWork{.worker = begun.worker}));
        send(done(begun, std::get<rpc::Assignment>(work.assignment)));
    }
    return times;
}

/// The same for many workers whose requests share commits.
double shared_cycles(scheduler::Scheduler& scheduler, int first, int rounds, int workers) {
    std::vector<rpc::AddTask> begun(static_cast<std::size_t>(workers));
    const Stopwatch watch;
    for (int round = 0; round < rounds; ++round) {
        std::vector<rpc::Request> requests;
        for (int worker = 0; worker < workers; ++worker) {
            auto& one = begun[static_cast<std::size_t>(worker)];
            one = task(first + round * workers + worker);
            one.worker = "w" + std::to_string(worker);
            one.priority = 1;
            requests.push_back(one);
        }
        scheduler.execute(requests, FakeClock::start);
        requests.clear();
        for (const auto& one : begun) requests.push_back(rpc::GetWork{.worker = one.worker});
        const auto works = scheduler.execute(requests, FakeClock::start);
        requests.clear();
        for (std::size_t i = 0; i < begun.size(); ++i)
            requests.push_back(done(begun[i], std::get<rpc::Assignment>(std::get<rpc::Work>(works[i]).assignment)));
        scheduler.execute(requests, FakeClock::start);
    }
    return watch.seconds() / (3.0 * rounds * workers);
}

/// Seconds to remove a silent worker with ten tasks; the minimum of several rounds.
double silent_worker_cost(scheduler::StateMachine& machine, int first) {
    Times times;
    Time now = FakeClock::start;
    for (int round = 0; round < 5; ++round) {
        for (int i = 0; i < 10; ++i) {
            rpc::AddTask own = task(first + 10 * round + i);
            own.worker = "short-lived";
            machine.handle(own, now);
        }
        now += std::chrono::seconds(61);
        machine.handle(rpc::Ping{task(0).worker}, now);
        const Stopwatch watch;
        machine.handle(rpc::Prune{}, now);
        times.seconds.push_back(watch.seconds());
        machine.take_write_batch();
    }
    return times.quantile(0);
}

}  // namespace

TEST_CASE("a request takes as long with many pending tasks as with none", "[benchmark]") {
    std::vector<double> costs;
    for (const int pending : {0, 10'000, 100'000, 1'000'000}) {
        const BenchmarkFile path;
        FakeLog log;
        auto file = path.own();
        scheduler::Scheduler scheduler(file, log, {}, FakeClock::start);
        const Stopwatch watch;
        register_tasks(scheduler, 0, pending);
        std::cout << pending << " pending, registered in " << watch.seconds() << " s, a file of "
                  << static_cast<double>(path.size()) / 1e6 << " MB\n";
        auto times = cycles(scheduler, pending, 3'000);
        costs.push_back(times.sum() / static_cast<double>(times.seconds.size()));
        std::cout << "  a request alone: mean " << costs.back() * 1e6 << " us, median " << times.quantile(0.5) * 1e6
                  << " us, p99 " << times.quantile(0.99) * 1e6 << " us, longest " << times.quantile(1) * 1e6 << " us\n"
                  << "  200 together: " << shared_cycles(scheduler, pending + 3'000, 50, 200) * 1e6
                  << " us a request\n";
    }
    std::cout << "the dearest is " << *std::max_element(costs.begin(), costs.end()) / costs.front()
              << " times the first\n";
}

TEST_CASE("a start with a million tasks", "[benchmark]") {
    constexpr int count = 1'000'000;
    const BenchmarkFile path;
    FakeLog log;
    const pid_t earlier = fork();
    if (earlier == 0) {  // exits as if killed: closes nothing
        auto file = path.own();
        scheduler::Scheduler scheduler(file, log, {}, FakeClock::start);
        register_tasks(scheduler, 0, count);
        _exit(0);
    }
    waitpid(earlier, nullptr, 0);
    const Stopwatch opening;
    auto file = path.own();
    std::cout << "opened after a kill in " << opening.seconds() << " s\n";
    const Stopwatch reading;
    const double before = bytes_in_use();
    const scheduler::Scheduler scheduler(file, log, {}, FakeClock::start);
    std::cout << "read in " << reading.seconds() << " s; " << (bytes_in_use() - before) / count << " bytes a task\n";
    CHECK(scheduler.machine().ready() == count);
}

TEST_CASE("a million tasks in memory", "[benchmark]") {
    constexpr int count = 1'000'000;
    const double before = bytes_in_use();
    scheduler::StateMachine machine({}, 1);
    for (int i = 0; i < count; ++i) {
        machine.handle(task(i), FakeClock::start);
        if (i % 1000 == 0) machine.take_write_batch();
    }
    machine.take_write_batch();
    std::cout << "a task and its place in the indexes: " << (bytes_in_use() - before) / count << " bytes\n";
}

TEST_CASE("a worker that goes away costs what its own tasks cost, not what those of others do", "[benchmark]") {
    std::vector<double> costs;
    for (const int others : {1'000, 1'000'000}) {
        scheduler::StateMachine machine({}, 1);
        for (int i = 0; i < others; ++i) {
            machine.handle(task(i), FakeClock::start);
            if (i % 1000 == 0) machine.take_write_batch();
        }
        costs.push_back(silent_worker_cost(machine, others));
        std::cout << others << " tasks of others: a worker with ten goes in " << costs.back() * 1e6 << " us\n";
    }
    CHECK(costs.back() < 10 * costs.front());
}

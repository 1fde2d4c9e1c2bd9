// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/scheduler_loop.hpp"
#include "freshet/error.hpp"
#include "scheduler/scheduler_state.hpp"
#include "scheduler/sliced_query.hpp"
#include "scheduler/state_machine.hpp"
#include "store/history.hpp"
#include "store/state_file.hpp"
#include "support/fake_log.hpp"
#include "support/settable_clock.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <future>

using namespace freshet;
using namespace freshet::scheduler;
using namespace freshet::test;
using namespace std::chrono_literals;
using Catch::Matchers::EndsWith;

namespace {

/// A state file in a temporary folder and a scheduler on it.
struct LoopHarness {
    TempDir folder;
    SystemClock clock;
    FakeLog log;
    std::filesystem::path path = folder.path() / "state.sqlite";
    store::StateFile file = store::StateFile::open_exclusive(path, store::this_process("test", clock.now()));
    Scheduler scheduler{file, log, {}, clock.now()};
};

std::vector<rpc::Response> ask(Executor& executor, std::vector<rpc::Request> requests) {
    std::promise<std::vector<rpc::Response>> promise;
    executor.submit(std::move(requests), [&](auto responses) { promise.set_value(std::move(responses)); });
    return promise.get_future().get();
}

std::size_t known_tasks(SchedulerLoop& loop) {
    std::promise<std::size_t> promise;
    loop.inspect([&](const StateMachine& machine, Time) { promise.set_value(machine.state().tasks.index().count()); });
    return promise.get_future().get();
}

}  // namespace

TEST_CASE("each of many threads gets the responses to its own requests", "[scheduler_loop]") {
    LoopHarness served;
    SchedulerLoop loop({.scheduler = served.scheduler, .clock = served.clock, .log = served.log});
    std::vector<std::jthread> askers;
    std::atomic<int> right = 0;
    for (int asker = 0; asker < 8; ++asker)
        askers.emplace_back([&, worker = "w" + std::to_string(asker)] {
            for (int i = 0; i < 25; ++i) {
                const std::string id = worker + "_" + std::to_string(i);
                const auto answers =
                    ask(loop, {rpc::AddTask{.worker = worker, .task_id = id}, rpc::GetWork{.worker = worker},
                               rpc::AddTask{.worker = worker, .task_id = id, .status = rpc::Status::done}});
                const auto& work = std::get<rpc::Work>(answers.at(1));
                right += std::get<rpc::Assignment>(work.assignment).task_id == id;
            }
        });
    askers.clear();
    CHECK(right == 8 * 25);
    CHECK(known_tasks(loop) == 8 * 25);
}

TEST_CASE("a change is in the file when its response arrives", "[scheduler_loop]") {
    LoopHarness served;
    SchedulerLoop loop({.scheduler = served.scheduler, .clock = served.clock, .log = served.log});
    ask(loop, {rpc::AddTask{.worker = "w", .task_id = "Root_1"}});
    auto reader = store::StateFile::open_read_only(served.path);
    CHECK(store::History(reader).task("Root_1").value().status == "PENDING");
}

TEST_CASE("requests submitted before the end of the loop are answered", "[scheduler_loop]") {
    LoopHarness served;
    std::atomic<int> answered = 0;
    {
        SchedulerLoop loop({.scheduler = served.scheduler, .clock = served.clock, .log = served.log});
        for (int i = 0; i < 100; ++i)
            loop.submit({rpc::AddTask{.worker = "w", .task_id = std::to_string(i)}}, [&](auto) { ++answered; });
    }
    CHECK(answered == 100);
}

TEST_CASE("the loop drops a worker that timed out without a request", "[scheduler_loop]") {
    LoopHarness served;
    Config config;
    config.worker_disconnect_delay = Seconds(0.05);
    config.retry_delay = Seconds(3600);
    Scheduler scheduler(served.file, served.log, {.config = config}, served.clock.now());
    SchedulerLoop loop({.scheduler = scheduler, .clock = served.clock, .log = served.log});
    ask(loop, {rpc::AddTask{.worker = "w", .task_id = "A"}, rpc::GetWork{.worker = "w"}});
    const auto has_failed = [&] {
        std::promise<bool> promise;
        loop.inspect([&](const StateMachine& machine, Time) {
            const auto& tasks = machine.state().tasks;
            promise.set_value(tasks[tasks.find("A").value()].status == rpc::Status::failed);
        });
        return promise.get_future().get();
    };
    const auto deadline = served.clock.steady_now() + 20s;
    while (!has_failed() && served.clock.steady_now() < deadline) std::this_thread::yield();
    CHECK(has_failed());
}

TEST_CASE("neither a suspend nor a change of the clock lets workers time out", "[scheduler_loop]") {
    const auto [suspend, change, event] =
        GENERATE(table<Time::duration, Time::duration, std::string>({{10min, 0min, "scheduler.absent"},
                                                                     {0min, 10min, "scheduler.clock_set"},
                                                                     {0min, -10min, "scheduler.clock_set"}}));
    LoopHarness served;
    SettableClock clock;
    SchedulerLoop loop({.scheduler = served.scheduler, .clock = clock, .log = served.log});
    for (const char* worker : {"w1", "w2"}) {
        const std::string task = std::string("A_") + worker;
        ask(loop, {rpc::AddTask{.worker = worker, .task_id = task}, rpc::GetWork{.worker = worker}});
    }
    clock.advance(suspend);
    clock.set_by(change);
    ask(loop, {rpc::Ping{"w1"}});
    ask(loop, {rpc::Ping{"w2"}});
    std::promise<std::size_t> running;
    loop.inspect([&](const StateMachine& machine, Time) {
        running.set_value(machine.state().tasks.index().count(rpc::Status::running));
    });
    CHECK(running.get_future().get() == 2);
    CHECK(served.log.events() == std::vector<std::string>{event});
}

TEST_CASE("a request does not wait for the end of a query", "[scheduler_loop]") {
    LoopHarness served;
    SchedulerLoop loop({.scheduler = served.scheduler, .clock = served.clock, .log = served.log});
    std::vector<rpc::Request> tasks;
    for (int i = 0; i < 5000; ++i) tasks.push_back(rpc::AddTask{.worker = "w", .task_id = std::to_string(i)});
    ask(loop, std::move(tasks));
    std::promise<std::shared_ptr<QueryResult>> done;
    std::atomic<int> order = 0;
    std::atomic<int> pinged_as = 0;
    std::atomic<int> finished_as = 0;
    // Both within one tick, so that the query cannot be ahead.
    loop.inspect([&](const StateMachine&, Time) {
        loop.query(
            rpc::Graph{},
            [&](auto result) {
                finished_as = ++order;
                done.set_value(std::move(result));
            },
            [] { return true; });
        loop.submit({rpc::Ping{"w"}}, [&](auto) { pinged_as = ++order; });
    });
    CHECK(Json::parse(done.get_future().get()->text()).as_object().size() == 5000);
    CHECK(pinged_as == 1);
    CHECK(finished_as == 2);
}

TEST_CASE("a query whose client is gone ends", "[scheduler_loop]") {
    LoopHarness served;
    bool is_answered = false;
    {
        SchedulerLoop loop({.scheduler = served.scheduler, .clock = served.clock, .log = served.log});
        loop.query(
            rpc::Graph{}, [&](auto) { is_answered = true; }, [] { return false; });
    }
    CHECK_FALSE(is_answered);
}

TEST_CASE("a tick that takes long is a stall while it lasts and afterwards", "[scheduler_loop]") {
    LoopHarness served;
    SettableClock clock;
    SchedulerLoop loop({.scheduler = served.scheduler, .clock = clock, .log = served.log});
    ask(loop, {rpc::AddTask{.worker = "w", .task_id = "A"}});
    CHECK(loop.stalls().count == 0);
    std::promise<Stalls> meanwhile;
    loop.inspect([&](const StateMachine&, Time) {
        clock.advance(20s);
        meanwhile.set_value(loop.stalls());
    });
    CHECK(meanwhile.get_future().get().present == 20s);
    ask(loop, {rpc::Ping{"w"}});
    const Stalls stalls = loop.stalls();
    CHECK(stalls.count == 1);
    CHECK(stalls.took == 20s);
    CHECK(stalls.present == 0s);
    CHECK(stalls.is_recent(clock.now()));
    CHECK(served.log.events() == std::vector<std::string>{"scheduler.stalled"});
}

TEST_CASE("waking the loop calls on_tick", "[scheduler_loop]") {
    LoopHarness served;
    std::promise<void> called;
    std::atomic<bool> is_expected = false;
    SchedulerLoop loop({.scheduler = served.scheduler, .clock = served.clock, .log = served.log, .on_tick = [&] {
                            if (is_expected.exchange(false)) called.set_value();
                            return std::optional<Time>();
                        }});
    is_expected = true;
    loop.wake();
    CHECK(called.get_future().wait_for(20s) == std::future_status::ready);
}

TEST_CASE("while the disk is full requests are rejected and inspections served", "[scheduler_loop]") {
    LoopHarness served;
    SchedulerLoop loop({.scheduler = served.scheduler, .clock = served.clock, .log = served.log});
    const auto is_unavailable = [](const auto& response) { return std::holds_alternative<rpc::Unavailable>(response); };
    const rpc::AddTask large{.worker = "w", .task_id = "Large", .params = {{"text", std::string(100'000, 'x')}}};
    const rpc::AddTask small{.worker = "w", .task_id = "Small"};
    ask(loop, {rpc::AddTask{.worker = "w", .task_id = "First"}});
    loop.inspect([&](const StateMachine&, Time) { served.file.database().execute("PRAGMA max_page_count = 1"); });
    known_tasks(loop);
    const auto alone = ask(loop, {large});
    CHECK(alone.size() == 1);
    CHECK(std::ranges::all_of(alone, is_unavailable));
    const auto together = ask(loop, {small, small, small, small, small});
    CHECK(together.size() == 5);
    CHECK(std::ranges::all_of(together, is_unavailable));
    CHECK(known_tasks(loop) == 2);  // including those rejected while the disk was full
    CHECK(loop.rejected_requests().count == 6);
    CHECK_THAT(loop.rejected_requests().reason, EndsWith("the disk is full"));
    CHECK(loop.rejected_requests().is_recent(served.clock.now()));
    CHECK_FALSE(loop.rejected_requests().is_recent(served.clock.now() + 2min));

    loop.inspect([&](const StateMachine&, Time) { served.file.database().execute("PRAGMA max_page_count = 1000000"); });
    known_tasks(loop);
    CHECK_FALSE(is_unavailable(ask(loop, {small}).at(0)));
    CHECK(known_tasks(loop) == 3);
}

namespace {

/// A loop whose disk is full from now on, with workers "beats" and "silent" that run a task each.
struct FullDisk {
    LoopHarness served;
    SettableClock clock;
    SchedulerLoop loop{{.scheduler = served.scheduler, .clock = clock, .log = served.log}};
    rpc::LeaseToken lease = 0;  ///< of "beats"

    FullDisk() {
        for (const char* worker : {"silent", "beats"}) {
            const auto answers = ask(loop, {rpc::AddTask{.worker = worker, .task_id = std::string("Task_") + worker},
                                            rpc::GetWork{.worker = worker}});
            lease = std::get<rpc::Assignment>(std::get<rpc::Work>(answers.at(1)).assignment).lease->token;
        }
        limit_pages(1);
        const rpc::AddTask large{.worker = "w", .task_id = "L", .params = {{"text", std::string(100'000, 'x')}}};
        REQUIRE(std::holds_alternative<rpc::Unavailable>(ask(loop, {large}).at(0)));
    }

    void limit_pages(int count) {
        loop.inspect([&, count](const StateMachine&, Time) {
            const std::string pragma = "PRAGMA max_page_count = " + std::to_string(count);
            served.file.database().execute(pragma.c_str());
        });
        known_tasks(loop);
    }
    std::size_t running() {
        std::promise<std::size_t> promise;
        loop.inspect([&](const StateMachine& machine, Time) {
            promise.set_value(machine.state().tasks.index().count(rpc::Status::running));
        });
        return promise.get_future().get();
    }
};

}  // namespace

TEST_CASE("heartbeats count while the disk is full, and silence is counted anew when there is room",
          "[scheduler_loop]") {
    FullDisk full;
    for (int second = 0; second < 120; second += 10) {
        full.clock.advance(10s);
        CHECK(std::holds_alternative<rpc::Messages>(ask(full.loop, {rpc::Ping{"beats"}}).at(0)));
    }
    CHECK(full.running() == 2);
    full.limit_pages(1'000'000);
    ask(full.loop, {rpc::Ping{"beats"}});
    CHECK(full.running() == 2);
    CHECK_FALSE(full.loop.is_disk_full());
    for (int second = 0; second < 70; second += 10) {
        full.clock.advance(10s);
        ask(full.loop, {rpc::Ping{"beats"}});
    }
    CHECK(full.running() == 1);
}

TEST_CASE("queries and leases are answered while the disk is full", "[scheduler_loop]") {
    FullDisk full;
    CHECK(full.loop.is_disk_full());
    const auto answers = ask(full.loop, {rpc::TaskSearch{.task_str = "Task_"}, rpc::WorkerList{}, rpc::IsPaused{},
                                         rpc::HoldsLease{"beats", "Task_beats", full.lease}, rpc::Pause{}});
    CHECK(std::get<Json>(answers.at(0)).at("RUNNING").as_object().size() == 2);
    CHECK(std::get<Json>(answers.at(1)).as_array().size() >= 2);
    CHECK(std::get<Json>(answers.at(2)).at("paused") == Json(false));
    CHECK(std::get<rpc::LeaseState>(answers.at(3)).held);
    CHECK(std::holds_alternative<rpc::Unavailable>(answers.at(4)));
}

TEST_CASE("a fatal write error stops all responses and calls on_failure", "[scheduler_loop]") {
    LoopHarness served;
    std::promise<std::string> reason;
    std::atomic<bool> was_answered = false;
    {
        SchedulerLoop loop({.scheduler = served.scheduler,
                            .clock = served.clock,
                            .log = served.log,
                            .on_tick = []() -> std::optional<Time> { throw StoreError("write state: it has burnt"); },
                            .on_failure =
                                [&](const std::exception_ptr& error) {
                                    try {
                                        std::rethrow_exception(error);
                                    } catch (const Error& e) {
                                        reason.set_value(e.what());
                                    }
                                }});
        CHECK(reason.get_future().get() == "write state: it has burnt");
        loop.submit({rpc::Pause{}}, [&](auto) { was_answered = true; });
    }
    CHECK(!was_answered);
}

namespace {

/// A long poll and its response.
struct PendingGetWork {
    std::promise<rpc::Work> promise;
    std::future<rpc::Work> answer = promise.get_future();

    void ask(SchedulerLoop& loop, const std::string& worker, std::vector<std::string> families, double wait) {
        loop.submit({rpc::GetWork{.worker = worker, .families = std::move(families), .wait = wait}},
                    [&](auto responses) { promise.set_value(std::get<rpc::Work>(std::move(responses.at(0)))); });
    }
    /// Waits for the response and returns the id of its task, or "".
    std::string task() {
        if (answer.wait_for(20s) != std::future_status::ready) return "no answer";
        const auto work = answer.get();
        const auto* given = std::get_if<rpc::Assignment>(&work.assignment);
        return given ? given->task_id : "";
    }
    bool is_answered() const { return answer.wait_for(0s) == std::future_status::ready; }
};

}  // namespace

TEST_CASE("a long poll waits for a task to become ready", "[scheduler_loop]") {
    LoopHarness served;
    SchedulerLoop loop({.scheduler = served.scheduler, .clock = served.clock, .log = served.log});
    PendingGetWork first;
    PendingGetWork second;
    first.ask(loop, "H1", {"A"}, 25);
    second.ask(loop, "H2", {"A"}, 25);
    ask(loop, {rpc::AddTask{.worker = "w", .task_id = "A_1", .family = "A"}});
    CHECK(first.task() == "A_1");
    CHECK_FALSE(second.is_answered());
    ask(loop, {rpc::AddTask{.worker = "w", .task_id = "A_2", .family = "A"}});
    CHECK(second.task() == "A_2");
}

TEST_CASE("a long poll gets a task whose pause ends after the clock was set back", "[scheduler_loop]") {
    LoopHarness served;
    SettableClock clock;
    Config config;
    config.first_pause = config.longest_pause = Seconds(0.2);
    Scheduler scheduler(served.file, served.log, {.config = config}, clock.now());
    SchedulerLoop loop({.scheduler = scheduler, .clock = clock, .log = served.log});
    auto failed = rpc::AddTask{.worker = "w", .task_id = "A", .status = rpc::Status::failed, .family = "A"};
    failed.failure = rpc::Failure{FailureClass::transient};
    ask(loop, {rpc::AddTask{.worker = "w", .task_id = "A", .family = "A"}, rpc::GetWork{.worker = "w"}, failed});
    clock.set_by(-1h);
    PendingGetWork request;
    request.ask(loop, "w", {"A"}, 25);
    CHECK(request.task() == "A");
}

TEST_CASE("a request for lost assignments ends the worker's long poll", "[scheduler_loop]") {
    LoopHarness served;
    SchedulerLoop loop({.scheduler = served.scheduler, .clock = served.clock, .log = served.log});
    PendingGetWork request;
    request.ask(loop, "H", {"A"}, 25);
    const auto lost =
        ask(loop, {rpc::GetWork{.worker = "H", .current_tasks = std::vector<std::string>(), .only_lost = true}});
    CHECK(std::holds_alternative<std::monostate>(std::get<rpc::Work>(lost.at(0)).assignment));
    ask(loop, {rpc::AddTask{.worker = "w", .task_id = "A_1", .family = "A"}});
    CHECK(request.task().empty());
}

TEST_CASE("a long poll is answered without work at its deadline", "[scheduler_loop]") {
    LoopHarness served;
    SchedulerLoop loop({.scheduler = served.scheduler, .clock = served.clock, .log = served.log});
    PendingGetWork request;
    request.ask(loop, "H", {"A"}, 0.05);
    CHECK(request.task().empty());
}

TEST_CASE("a request for work is not parked when nothing is left for the worker", "[scheduler_loop]") {
    LoopHarness served;
    SchedulerLoop loop({.scheduler = served.scheduler, .clock = served.clock, .log = served.log});
    PendingGetWork request;
    request.ask(loop, "w", {}, 25);
    CHECK(request.task().empty());
}

TEST_CASE("the end of the loop answers long polls", "[scheduler_loop]") {
    LoopHarness served;
    PendingGetWork request;
    {
        SchedulerLoop loop({.scheduler = served.scheduler, .clock = served.clock, .log = served.log});
        request.ask(loop, "H", {"A"}, 25);
    }
    CHECK(request.task().empty());
}

TEST_CASE("stop_parking answers long polls, and later requests at once", "[scheduler_loop]") {
    LoopHarness served;
    SchedulerLoop loop({.scheduler = served.scheduler, .clock = served.clock, .log = served.log});
    PendingGetWork before;
    PendingGetWork after;
    before.ask(loop, "H1", {"A"}, 25);
    loop.stop_parking();
    CHECK(before.task().empty());
    after.ask(loop, "H2", {"A"}, 25);
    CHECK(after.task().empty());
}

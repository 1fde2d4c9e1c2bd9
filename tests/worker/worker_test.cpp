// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/history.hpp"
#include "worker/worker_fixture.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;

namespace {

/// Counts the requests for work in each call that has any.
struct WorkRequestCounter final : worker::SchedulerClient {
    explicit WorkRequestCounter(SchedulerClient& its_client) : client(its_client) {}

    std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests) override {
        const auto count = std::ranges::count_if(
            requests, [](const auto& request) { return std::holds_alternative<rpc::GetWork>(request); });
        if (count > 0) counts.push_back(static_cast<int>(count));
        return client.call(requests);
    }

    SchedulerClient& client;
    std::vector<int> counts;
};

}  // namespace

TEST_CASE("what a task requires runs before it, and each runs once", "[worker]") {
    WorkerFixture fixture;
    required = {{"a", {"b", "c"}}, {"b", {"d"}}, {"c", {"d"}}};
    const auto reports = fixture.run({Make{"a"}});
    CHECK(fixture.runner.calls == std::vector<std::string>{"start Make(name=d)", "start Make(name=b)",
                                                           "start Make(name=c)", "start Make(name=a)"});
    CHECK(statuses(reports) == std::vector(4, TaskStatus::done));
}

TEST_CASE("an attempt starts before it is told that the one before it has ended, and all is told in order",
          "[worker]") {
    WorkerFixture fixture;
    required = {{"a", {"b"}}};
    std::vector<std::vector<std::string>> told_before;
    fixture.runner.script = [&](const worker::Attempt& attempt, AttemptResult&) {
        told_before.push_back(fixture.observer.told);
        existing.insert(attempt.task.values().at("name"));
        return true;
    };
    fixture.run({Make{"a"}});
    CHECK(told_before == std::vector<std::vector<std::string>>{{}, {"started Make(name=b)"}});
    CHECK(fixture.observer.told == std::vector<std::string>{"started Make(name=b)", "ended Make(name=b)",
                                                            "started Make(name=a)", "ended Make(name=a)"});
}

TEST_CASE("each free slot asks for work once after each task", "[worker]") {
    WorkerFixture fixture;
    WorkRequestCounter counter(fixture.client);
    fixture.worker_client = &counter;
    fixture.slots = 2;
    required = {{"a", {"b"}}};
    fixture.run({Make{"a"}});
    CHECK(counter.counts == std::vector<int>{2, 2, 2});  // at the start, after b and after a
}

TEST_CASE("a run without workers leaves its tasks to others, for as long as the scheduler keeps them", "[worker]") {
    SharedFixture fixture;
    fixture.slots = 0;
    required = {{"a", {"b"}}};
    const auto results = fixture.run({Make{"a"}});
    CHECK(fixture.runner.calls.empty());
    CHECK(statuses(results) == std::vector(2, TaskStatus::not_run));
    CHECK(results[1].message == "is left to other workers");
    CHECK(results[0].message == "waits for Make(name=b), which is left to other workers");

    const auto next_assignment = [&] {
        const rpc::GetWork request{.worker = "other", .families = {"Make"}};
        return std::get<rpc::Work>(fixture.call_as_other(request)).assignment;
    };
    fixture.clock.advance(60s + 600s);  // worker_disconnect_delay, and almost remove_delay
    const auto first = next_assignment();
    REQUIRE(std::holds_alternative<rpc::Assignment>(first));
    CHECK(std::get<rpc::Assignment>(first).task_id == AnyTask(Make{"b"}).id());
    fixture.clock.advance(601s);
    fixture.lease = std::get<rpc::Assignment>(first).lease->token;
    fixture.finish_as_other(Make{"b"}, rpc::Status::done);
    CHECK(std::holds_alternative<std::monostate>(next_assignment()));
}

TEST_CASE("of a limited family no more attempts run at once than its limit, and tasks of others beside them",
          "[worker]") {
    WorkerFixture fixture;
    fixture.slots = 4;
    fixture.family_limits = {{.families = {"Make", "Refine"}, .attempts = 2}};
    const std::vector<AnyTask> roots{Make{"a"}, Make{"b"}, Make{"c"}, Make{"d"}, Make{"e"}, Weigh{"x"}, Weigh{"y"}};
    std::vector<std::string> started, rounds;
    fixture.runner.script = [&](const worker::Attempt& attempt, AttemptResult&) {
        started.push_back(attempt.task.values().at("name"));
        return false;
    };
    std::size_t ended = 0;
    fixture.on_tick = [&] {  // all end together
        if (started.size() > ended) rounds.emplace_back();
        for (; ended < started.size(); ++ended) {
            rounds.back() += started[ended];
            existing.insert(started[ended]);
            fixture.mailbox.put(
                AttemptResult{.token = fixture.runner.running[ended].token, .status = AttemptStatus::done});
        }
    };
    SECTION("at an embedded scheduler") {}
    SECTION("at a freshetd") { fixture.scheduler_kind = worker::SchedulerKind::freshetd; }
    CHECK(statuses(fixture.run(roots)) == std::vector(roots.size(), TaskStatus::done));
    CHECK(rounds == std::vector<std::string>{"abx", "cdy", "e"});
}

TEST_CASE("a complete task is not run, nor what it requires", "[worker]") {
    WorkerFixture fixture;
    required = {{"a", {"b"}}, {"b", {"c"}}};
    existing = {"b"};
    CHECK(statuses(fixture.run({Make{"a"}})) == std::vector{TaskStatus::done, TaskStatus::complete});
    CHECK(fixture.runner.calls == std::vector<std::string>{"start Make(name=a)"});
}

TEST_CASE("a transient failure is tried again after a pause", "[worker]") {
    WorkerFixture fixture;
    fixture.runner.script = failing_script(2, FailureClass::transient);
    const auto reports = fixture.run({Make{"a"}});
    CHECK(reports[0].status == TaskStatus::done);
    CHECK(reports[0].attempts == 3);
    CHECK(fixture.observer.ends[0].second.retry_at > fixture.clock.start);
}

TEST_CASE("a pause that passes while the scheduler answers is followed by its retry", "[worker]") {
    WorkerFixture fixture;
    fixture.client.latency = 2s;
    fixture.runner.script = failing_script(1, FailureClass::transient);
    CHECK(fixture.run({Make{"a"}})[0].status == TaskStatus::done);
}

TEST_CASE("a transient failure is not tried more often than its policy says", "[worker]") {
    WorkerFixture fixture;
    fixture.runner.script = failing_script(100, FailureClass::transient);
    const auto reports = fixture.run({Make{"a"}});
    CHECK(reports[0].status == TaskStatus::failed);
    CHECK(reports[0].attempts == 5);
    CHECK(reports[0].message == "no luck");
}

TEST_CASE("a permanent failure is not tried again, and what requires it says so", "[worker]") {
    WorkerFixture fixture;
    required = {{"a", {"b"}}, {"b", {"c"}}};
    fixture.runner.script = failing_script(1, FailureClass::permanent);
    const auto reports = fixture.run({Make{"a"}});
    CHECK(statuses(reports) == std::vector{TaskStatus::not_run, TaskStatus::not_run, TaskStatus::failed});
    CHECK(reports[0].message == "Make(name=c) failed: no luck");
}

TEST_CASE("what is not there yet is looked for once, unless the run may wait", "[worker]") {
    WorkerFixture fixture;
    fixture.runner.script = failing_script(2, FailureClass::not_ready);
    CHECK(fixture.run({Make{"a"}})[0].status == TaskStatus::not_ready);
    CHECK(fixture.runner.calls.size() == 1);
    fixture.wait_until = fixture.clock.now() + 1h;
    CHECK(fixture.run({Make{"a"}})[0].status == TaskStatus::done);
    CHECK(fixture.runner.calls.size() == 3);
}

TEST_CASE("waiting for what is not there yet ends at its deadline", "[worker]") {
    WorkerFixture fixture;
    fixture.runner.script = failing_script(1'000, FailureClass::not_ready);
    fixture.wait_until = fixture.clock.now() + 10min;
    CHECK(fixture.run({Make{"a"}})[0].status == TaskStatus::not_ready);
    CHECK(fixture.clock.now() <= *fixture.wait_until + 1min);
}

TEST_CASE("an external task that is missing holds up only what requires it", "[worker]") {
    WorkerFixture fixture;
    CHECK(statuses(fixture.run({Both{}})) ==
          std::vector{TaskStatus::not_run, TaskStatus::done, TaskStatus::missing_external});
    existing.insert("given");
    CHECK(statuses(fixture.run({Both{}})) ==
          std::vector{TaskStatus::complete, TaskStatus::complete, TaskStatus::complete});
}

TEST_CASE("an external task that is missing is looked for as long as the run waits", "[worker]") {
    WorkerFixture fixture;
    fixture.wait_until = fixture.clock.now() + 10min;
    fixture.on_tick = [&, rounds = 0]() mutable {
        if (++rounds == 20) existing.insert("given");
    };
    CHECK(statuses(fixture.run({Refine{"a"}})) == std::vector{TaskStatus::done, TaskStatus::complete});
    REQUIRE(fixture.observer.notices.size() == 1);
    CHECK(fixture.observer.notices[0].ends_with("for 1 missing external task"));
}

TEST_CASE("the wait for an external task ends at its deadline", "[worker]") {
    WorkerFixture fixture;
    fixture.wait_until = fixture.clock.now() + 10min;
    const auto results = fixture.run({Refine{"a"}});
    CHECK(statuses(results) == std::vector{TaskStatus::not_run, TaskStatus::missing_external});
    CHECK(results[1].message.ends_with("given' does not exist"));
    CHECK(fixture.clock.now() >= *fixture.wait_until);
    CHECK(fixture.clock.now() <= *fixture.wait_until + 1min);
}

TEST_CASE("a target that cannot be asked is asked again as long as the run waits, and holds up no other task",
          "[worker]") {
    WorkerFixture fixture;
    fixture.wait_until = fixture.clock.now() + 10min;
    existing = {"s"};
    unanswered = 3;
    CHECK(statuses(fixture.run({Stock{}, Make{"a"}})) ==
          std::vector{TaskStatus::done, TaskStatus::done, TaskStatus::complete, TaskStatus::done});
    REQUIRE(fixture.runner.calls.size() == 2);
    CHECK(fixture.runner.calls[0].find("Make") != std::string::npos);
    REQUIRE(fixture.observer.notices.size() == 2);
    CHECK(fixture.observer.notices[0].starts_with(
        "cannot determine whether Store(name=s) is complete: server 'x': no connection; trying again until "));
}

TEST_CASE("a target that cannot be asked until the deadline, or at once without one, makes its task not ready",
          "[worker]") {
    WorkerFixture fixture;
    unanswered = 1'000'000;
    CHECK(statuses(fixture.run({Stock{}})) ==
          std::vector{TaskStatus::not_run, TaskStatus::not_ready, TaskStatus::not_ready});
    fixture.wait_until = fixture.clock.now() + 10min;
    const auto results = fixture.run({Store{"s"}});
    CHECK(results[0].status == TaskStatus::not_ready);
    CHECK(results[0].message == "cannot determine whether it is complete: server 'x': no connection");
    CHECK(fixture.clock.now() >= *fixture.wait_until);
    CHECK(fixture.clock.now() <= *fixture.wait_until + 1min);
    CHECK(unanswered > 1'000'000 - 50);  // after growing pauses
    CHECK(fixture.runner.calls.empty());
    CHECK(fixture.run({Impossible{}})[0].status == TaskStatus::scheduling_failed);  // it says that it is permanent
}

TEST_CASE("a task that finds out what it needs runs again when that is complete", "[worker]") {
    WorkerFixture fixture;
    fixture.runner.script = [&](const worker::Attempt& attempt, AttemptResult& result) {
        if (attempt.task == AnyTask(Make{"a"}) && !existing.contains("late")) {
            result.status = AttemptStatus::waiting;
            result.missing = {Make{"late"}};
        } else {
            existing.insert(attempt.task.values().at("name"));
        }
        return true;
    };
    const auto reports = fixture.run({Make{"a"}});
    CHECK(fixture.runner.calls ==
          std::vector<std::string>{"start Make(name=a)", "start Make(name=late)", "start Make(name=a)"});
    CHECK(statuses(reports) == std::vector(2, TaskStatus::done));
    CHECK(reports[0].attempts == 1);
}

TEST_CASE("a requirement found while running that closes a cycle fails the task with the path", "[worker]") {
    WorkerFixture fixture;
    required = {{"b", {"a"}}};
    fixture.runner.script = [](const worker::Attempt&, AttemptResult& result) {
        result.status = AttemptStatus::waiting;
        result.missing = {Make{"b"}};
        return true;
    };
    CHECK(fixture.run({Make{"a"}})[0].message ==
          "plan: a task requires itself: Make(name=a) -> Make(name=b) -> Make(name=a)");
}

TEST_CASE("an output that vanished while others waited is made again", "[worker]") {
    WorkerFixture fixture;
    required = {{"a", {"b", "c"}}};
    existing = {"b"};
    fixture.runner.script = [](const worker::Attempt& attempt, AttemptResult&) {
        const std::string name = attempt.task.values().at("name");
        if (name == "c" && existing.contains("b")) existing.erase("b");
        existing.insert(name);
        return true;
    };
    CHECK(fixture.run({Make{"a"}})[0].status == TaskStatus::done);
    CHECK(fixture.runner.calls ==
          std::vector<std::string>{"start Make(name=c)", "start Make(name=b)", "start Make(name=a)"});
}

TEST_CASE("an attempt that lost its lease counts for nothing", "[worker]") {
    WorkerFixture fixture;
    fixture.client.steals_leases = true;
    fixture.runner.script = [&](const worker::Attempt& attempt, AttemptResult&) {
        if (fixture.runner.calls.size() > 1) return existing.insert(attempt.task.values().at("name")), true;
        fixture.on_tick = [&] { fixture.client.steals_leases = fixture.runner.calls.size() < 2; };
        return true;
    };
    fixture.run({Make{"a"}});
    CHECK(fixture.observer.ends[0].second.status == FinishedAttempt::Status::lost);
}

TEST_CASE("an attempt whose lease was taken is stopped and counts for nothing", "[worker]") {
    WorkerFixture fixture;
    rpc::Leases leases;
    fixture.on_leases = [&](rpc::Leases running) { leases = std::move(running); };
    fixture.runner.script = [&](const worker::Attempt& attempt, AttemptResult&) {
        if (fixture.runner.calls.size() > 1) return existing.insert(attempt.task.values().at("name")), true;
        return false;
    };
    fixture.on_tick = [&] {
        fixture.client.steals_leases = leases.contains(AnyTask(Make{"a"}).id()) && fixture.runner.calls.size() == 1;
        if (!fixture.client.steals_leases) return;
        const auto& [task, lease] = *leases.begin();
        fixture.mailbox.put(worker::LeaseTaken{task, static_cast<rpc::LeaseToken>(lease) + 1});  // of another attempt
        fixture.mailbox.put(worker::LeaseTaken{task, static_cast<rpc::LeaseToken>(lease)});
    };
    fixture.run({Make{"a"}});
    CHECK(std::ranges::count(fixture.runner.calls, "cancel") == 1);
    CHECK(
        fixture.observer.notices ==
        std::vector<std::string>{"stopping Make(name=a): its lease was taken, for another attempt or by an operator"});
}

TEST_CASE("no more run at once than there are slots", "[worker]") {
    WorkerFixture fixture;
    fixture.slots = 2;
    fixture.runner.script = [&](const worker::Attempt&, AttemptResult&) { return false; };
    fixture.on_tick = [&] {
        CHECK(fixture.runner.running.size() <= 2);
        if (fixture.runner.running.empty()) return;
        const auto attempt = fixture.runner.running.front();
        fixture.runner.running.erase(fixture.runner.running.begin());
        existing.insert(attempt.task.values().at("name"));
        fixture.mailbox.put(AttemptResult{.token = attempt.token, .status = AttemptStatus::done});
    };
    const auto reports = fixture.run({Make{"a"}, Make{"b"}, Make{"c"}, Make{"d"}});
    CHECK(statuses(reports) == std::vector(4, TaskStatus::done));
}

TEST_CASE("asked to stop, it finishes what runs and starts no more", "[worker]") {
    WorkerFixture fixture;
    fixture.runner.script = [&](const worker::Attempt& attempt, AttemptResult&) {
        fixture.stop_requests = 1;
        return existing.insert(attempt.task.values().at("name")), true;
    };
    CHECK(statuses(fixture.run({Make{"a"}, Make{"b"}})) == std::vector{TaskStatus::done, TaskStatus::not_run});
}

TEST_CASE("asked to stop while it asks for work, it gives back what it is assigned and has no attempt at it",
          "[worker]") {
    WorkerFixture fixture;
    AssignmentRecorder recorder(fixture.client);
    fixture.worker_client = &recorder;
    recorder.on_assignment = [&](const rpc::Assignment&) { fixture.stop_requests = 1; };
    CHECK(statuses(fixture.run({Make{"a"}})) == std::vector{TaskStatus::not_run});
    CHECK(recorder.assignments.size() == 1);
    CHECK(fixture.runner.calls.empty());
    CHECK(store::History(fixture.state).attempts_of(AnyTask(Make{"a"}).id()).empty());
    CHECK(fixture.observer.notices ==
          std::vector<std::string>{"stop requested: finishing 0 running, starting no more"});
}

TEST_CASE("a task that was given back has its first attempt when it runs", "[worker]") {
    WorkerFixture fixture;
    AssignmentRecorder recorder(fixture.client);
    fixture.worker_client = &recorder;
    recorder.on_assignment = [&](const rpc::Assignment&) { fixture.stop_requests = 1; };
    fixture.run({Make{"a"}});
    recorder.on_assignment = [](const rpc::Assignment&) {};
    fixture.stop_requests = 0;
    CHECK(statuses(fixture.run({Make{"a"}})) == std::vector{TaskStatus::done});
    const auto attempts = store::History(fixture.state).attempts_of(AnyTask(Make{"a"}).id());
    REQUIRE(attempts.size() == 1);
    CHECK(attempts.front().number == 1);
    CHECK(attempts.front().status == "DONE");
}

TEST_CASE("what the scheduler can never assign is explained in its words, and blocks what requires it", "[worker]") {
    scheduler::Config config = embedded_config();
    config.resources = {{"scales", 0}};
    WorkerFixture fixture(config);
    const auto results = fixture.run({Weigh{"a"}});
    CHECK(results[0].status == TaskStatus::not_run);
    CHECK(results[0].message == "can never run: it needs 1 of 'scales', of which there are 0");
}

TEST_CASE("a worker that waits logs the scheduler's explanation once", "[worker]") {
    scheduler::Config config = embedded_config();
    config.resources = {{"scales", 0}};
    SharedFixture fixture(config);
    fixture.on_tick = [&, rounds = 0]() mutable {
        if (++rounds == 20) fixture.stop_requests = 1;
    };
    fixture.run({Weigh{"a"}, Weigh{"b"}});
    CHECK(fixture.observer.notices ==
          std::vector<std::string>{"waiting: Weigh(name=a) can never run: it needs 1 of 'scales', of which there are 0",
                                   "stop requested: finishing 0 running, starting no more"});
}

TEST_CASE("asked to stop twice, it gives back what runs, at no cost to the task", "[worker]") {
    WorkerFixture fixture;
    fixture.runner.script = [&](const worker::Attempt&, AttemptResult&) { return false; };
    fixture.on_tick = [&] {
        if (fixture.runner.running.empty()) return;
        fixture.stop_requests = 2;
        fixture.mailbox.put(worker::Wakeup{});
    };
    CHECK(fixture.run({Make{"a"}})[0].status == TaskStatus::not_ready);
    CHECK(fixture.runner.calls == std::vector<std::string>{"start Make(name=a)", "cancel"});
}

TEST_CASE("a full disk pauses the run and does not end it", "[worker]") {
    WorkerFixture fixture;
    fixture.runner.script = [&](const worker::Attempt& attempt, AttemptResult& result) {
        if (fixture.runner.calls.size() > 1) return existing.insert(attempt.task.values().at("name")), true;
        result.status = AttemptStatus::failed;
        result.disk_full = true;
        result.failure = {.failure_class = FailureClass::transient, .message = "write 'a': No space left on device"};
        return true;
    };
    const auto began = fixture.clock.now();
    CHECK(fixture.run({Make{"a"}})[0].status == TaskStatus::done);
    CHECK(fixture.clock.now() - began >= 10s);
    CHECK(fixture.observer.notices ==
          std::vector<std::string>{"write 'a': No space left on device: starting nothing for 10 s, then retrying"});
}

TEST_CASE("a failure that the scheduler could not write at once is tried again all the same", "[worker]") {
    WorkerFixture fixture;
    fixture.runner.script = failing_script(1, FailureClass::transient);
    fixture.client.lose_next_failure_response = true;
    CHECK(fixture.run({Make{"a"}})[0].status == TaskStatus::done);
}

TEST_CASE("a disk that is full while the plan is registered delays the run and does not end it", "[worker]") {
    WorkerFixture fixture;
    fixture.client.disk_full_errors = 1;
    CHECK(fixture.run({Make{"a"}})[0].status == TaskStatus::done);
}

TEST_CASE("what was done in this run is not run again when it is required once more", "[worker]") {
    WorkerFixture fixture;
    required = {{"a", {"d"}}, {"late", {"d"}}};
    fixture.runner.script = [&](const worker::Attempt& attempt, AttemptResult& result) {
        if (attempt.task == AnyTask(Make{"a"}) && !existing.contains("late")) {
            result.status = AttemptStatus::waiting;
            result.missing = {Make{"late"}};
        } else {
            existing.insert(attempt.task.values().at("name"));
        }
        return true;
    };
    fixture.run({Make{"a"}});
    CHECK(std::count(fixture.runner.calls.begin(), fixture.runner.calls.end(), "start Make(name=d)") == 1);
}

TEST_CASE("a scheduler that cannot write for want of room is asked again", "[worker]") {
    WorkerFixture fixture;
    fixture.on_tick = [&, told = false]() mutable {
        if (!std::exchange(told, true)) fixture.client.disk_full_errors = 2;
    };
    CHECK(fixture.run({Make{"a"}})[0].status == TaskStatus::done);
    CHECK(fixture.observer.notices.size() == 2);
}

TEST_CASE("a worker whose scheduler is away for good says what it leaves unfinished", "[worker]") {
    struct Away final : worker::SchedulerClient {
        explicit Away(WorkerFixture& around) : fixture(around) {}
        std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests) override {
            if (!fixture.runner.calls.empty()) throw Error("scheduler 'x': no answer; gave up after 1 h 00 min");
            return fixture.client.call(requests);
        }
        WorkerFixture& fixture;
    };
    WorkerFixture fixture;
    Away away(fixture);
    fixture.worker_client = &away;
    CHECK_THROWS_WITH(fixture.run({Make{"a"}}), Catch::Contains("gave up"));
    CHECK(fixture.observer.notices ==
          std::vector<std::string>{"leaving Make(name=a) unfinished: the next run starts over"});
}

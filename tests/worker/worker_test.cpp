// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/bench.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;

TEST_CASE("what a task requires runs before it, and each runs once", "[worker]") {
    Bench bench;
    required = {{"a", {"b", "c"}}, {"b", {"d"}}, {"c", {"d"}}};
    const auto reports = bench.run({Make{"a"}});
    CHECK(bench.runner.diary == std::vector<std::string>{"start Make(name=d)", "start Make(name=b)", "start Make(name=c)",
                                                         "start Make(name=a)"});
    CHECK(fates(reports) == std::vector(4, Fate::ran));
}

TEST_CASE("a complete task is not run, nor what it requires", "[worker]") {
    Bench bench;
    required = {{"a", {"b"}}, {"b", {"c"}}};
    there = {"b"};
    CHECK(fates(bench.run({Make{"a"}})) == std::vector{Fate::ran, Fate::was_complete});
    CHECK(bench.runner.diary == std::vector<std::string>{"start Make(name=a)"});
}

TEST_CASE("a transient failure is tried again after a pause", "[worker]") {
    Bench bench;
    bench.runner.script = fails(2, FailureClass::transient);
    const auto reports = bench.run({Make{"a"}});
    CHECK(reports[0].fate == Fate::ran);
    CHECK(reports[0].attempts == 3);
    CHECK(bench.diary.ends[0].second.retry_at > bench.clock.start);
}

TEST_CASE("a pause that passes while the scheduler answers is followed by its retry", "[worker]") {
    Bench bench;
    bench.client.takes = 2s;
    bench.runner.script = fails(1, FailureClass::transient);
    CHECK(bench.run({Make{"a"}})[0].fate == Fate::ran);
}

TEST_CASE("a transient failure is not tried more often than its policy says", "[worker]") {
    Bench bench;
    bench.runner.script = fails(100, FailureClass::transient);
    const auto reports = bench.run({Make{"a"}});
    CHECK(reports[0].fate == Fate::failed);
    CHECK(reports[0].attempts == 5);
    CHECK(reports[0].message == "no luck");
}

TEST_CASE("a permanent failure is not tried again, and what requires it says so", "[worker]") {
    Bench bench;
    required = {{"a", {"b"}}, {"b", {"c"}}};
    bench.runner.script = fails(1, FailureClass::permanent);
    const auto reports = bench.run({Make{"a"}});
    CHECK(fates(reports) == std::vector{Fate::not_started, Fate::not_started, Fate::failed});
    CHECK(reports[0].message == "Make(name=c) failed: no luck");
}

TEST_CASE("what is not there yet is looked for once, unless the run may wait", "[worker]") {
    Bench bench;
    bench.runner.script = fails(2, FailureClass::not_yet);
    CHECK(bench.run({Make{"a"}})[0].fate == Fate::not_yet);
    CHECK(bench.runner.diary.size() == 1);
    bench.wait_until = bench.clock.now() + 1h;
    CHECK(bench.run({Make{"a"}})[0].fate == Fate::ran);
    CHECK(bench.runner.diary.size() == 3);
}

TEST_CASE("waiting for what is not there yet ends at its deadline", "[worker]") {
    Bench bench;
    bench.runner.script = fails(1'000, FailureClass::not_yet);
    bench.wait_until = bench.clock.now() + 10min;
    CHECK(bench.run({Make{"a"}})[0].fate == Fate::not_yet);
    CHECK(bench.clock.now() <= *bench.wait_until + 1min);
}

TEST_CASE("an external task that is missing holds up only what requires it", "[worker]") {
    Bench bench;
    CHECK(fates(bench.run({Both{}})) == std::vector{Fate::not_started, Fate::ran, Fate::missing});
    there.insert("given");
    CHECK(fates(bench.run({Both{}})) == std::vector{Fate::was_complete, Fate::was_complete, Fate::was_complete});
}

TEST_CASE("an external task that is missing is looked for as long as the run waits", "[worker]") {
    Bench bench;
    bench.wait_until = bench.clock.now() + 10min;
    bench.between = [&, rounds = 0]() mutable {
        if (++rounds == 20) there.insert("given");
    };
    CHECK(fates(bench.run({Refine{"a"}})) == std::vector{Fate::ran, Fate::was_complete});
    REQUIRE(bench.diary.notices.size() == 1);
    CHECK(bench.diary.notices[0].ends_with("for 1 task that others make, of which nothing is there yet"));
}

TEST_CASE("the wait for an external task ends at its deadline", "[worker]") {
    Bench bench;
    bench.wait_until = bench.clock.now() + 10min;
    CHECK(fates(bench.run({Refine{"a"}})) == std::vector{Fate::not_started, Fate::missing});
    CHECK(bench.clock.now() >= *bench.wait_until);
    CHECK(bench.clock.now() <= *bench.wait_until + 1min);
}

TEST_CASE("a task that finds out what it needs runs again when that is complete", "[worker]") {
    Bench bench;
    bench.runner.script = [&](const worker::Attempt& attempt, AttemptResult& result) {
        if (attempt.task == AnyTask(Make{"a"}) && !there.contains("late")) {
            result.ending = Ending::waiting;
            result.missing = {Make{"late"}};
        } else {
            there.insert(attempt.task.values().at("name"));
        }
        return true;
    };
    const auto reports = bench.run({Make{"a"}});
    CHECK(bench.runner.diary == std::vector<std::string>{"start Make(name=a)", "start Make(name=late)", "start Make(name=a)"});
    CHECK(fates(reports) == std::vector(2, Fate::ran));
    CHECK(reports[0].attempts == 1);
}

TEST_CASE("a requirement found while running that closes a cycle fails the task with the path", "[worker]") {
    Bench bench;
    required = {{"b", {"a"}}};
    bench.runner.script = [](const worker::Attempt&, AttemptResult& result) {
        result.ending = Ending::waiting;
        result.missing = {Make{"b"}};
        return true;
    };
    CHECK(bench.run({Make{"a"}})[0].message == "plan: a task requires itself: Make(name=a) -> Make(name=b) -> Make(name=a)");
}

TEST_CASE("an output that vanished while others waited is made again", "[worker]") {
    Bench bench;
    required = {{"a", {"b", "c"}}};
    there = {"b"};
    bench.runner.script = [](const worker::Attempt& attempt, AttemptResult&) {
        const std::string name = attempt.task.values().at("name");
        if (name == "c" && there.contains("b")) there.erase("b");
        there.insert(name);
        return true;
    };
    CHECK(bench.run({Make{"a"}})[0].fate == Fate::ran);
    CHECK(bench.runner.diary == std::vector<std::string>{"start Make(name=c)", "start Make(name=b)", "start Make(name=a)"});
}

TEST_CASE("an attempt that lost its lease counts for nothing", "[worker]") {
    Bench bench;
    bench.client.steals_leases = true;
    bench.runner.script = [&](const worker::Attempt& attempt, AttemptResult&) {
        if (bench.runner.diary.size() > 1) return there.insert(attempt.task.values().at("name")), true;
        bench.between = [&] { bench.client.steals_leases = bench.runner.diary.size() < 2; };
        return true;
    };
    bench.run({Make{"a"}});
    CHECK(bench.diary.ends[0].second.how == AttemptEnd::How::lost);
}

TEST_CASE("no more run at once than there are slots", "[worker]") {
    Bench bench;
    bench.slots = 2;
    bench.runner.script = [&](const worker::Attempt&, AttemptResult&) { return false; };
    bench.between = [&] {
        CHECK(bench.runner.running.size() <= 2);
        if (bench.runner.running.empty()) return;
        const auto attempt = bench.runner.running.front();
        bench.runner.running.erase(bench.runner.running.begin());
        there.insert(attempt.task.values().at("name"));
        bench.mailbox.put(AttemptResult{.token = attempt.token, .ending = Ending::done});
    };
    const auto reports = bench.run({Make{"a"}, Make{"b"}, Make{"c"}, Make{"d"}});
    CHECK(fates(reports) == std::vector(4, Fate::ran));
}

TEST_CASE("asked to stop, it finishes what runs and starts no more", "[worker]") {
    Bench bench;
    bench.runner.script = [&](const worker::Attempt& attempt, AttemptResult&) {
        bench.stops = 1;
        return there.insert(attempt.task.values().at("name")), true;
    };
    CHECK(fates(bench.run({Make{"a"}, Make{"b"}})) == std::vector{Fate::ran, Fate::not_started});
}

TEST_CASE("asked to stop twice, it gives back what runs, at no cost to the task", "[worker]") {
    Bench bench;
    bench.runner.script = [&](const worker::Attempt&, AttemptResult&) { return false; };
    bench.between = [&] {
        if (bench.runner.running.empty()) return;
        bench.stops = 2;
        bench.mailbox.put(worker::Nudge{});
    };
    CHECK(bench.run({Make{"a"}})[0].fate == Fate::not_yet);
    CHECK(bench.runner.diary == std::vector<std::string>{"start Make(name=a)", "cancel"});
}

TEST_CASE("a full disk pauses the run and does not end it", "[worker]") {
    Bench bench;
    bench.runner.script = [&](const worker::Attempt& attempt, AttemptResult& result) {
        if (bench.runner.diary.size() > 1) return there.insert(attempt.task.values().at("name")), true;
        result.ending = Ending::failed;
        result.disk_full = true;
        result.failure = {.failure_class = FailureClass::transient, .message = "write 'a': No space left on device"};
        return true;
    };
    const auto began = bench.clock.now();
    CHECK(bench.run({Make{"a"}})[0].fate == Fate::ran);
    CHECK(bench.clock.now() - began >= 10s);
    CHECK(bench.diary.notices ==
          std::vector<std::string>{"write 'a': No space left on device: starting nothing for 10 s, then trying again"});
}

TEST_CASE("a failure that the scheduler could not write at once is tried again all the same", "[worker]") {
    Bench bench;
    bench.runner.script = fails(1, FailureClass::transient);
    bench.client.loses_next_answer_of_a_failure = true;
    CHECK(bench.run({Make{"a"}})[0].fate == Fate::ran);
}

TEST_CASE("a disk that is full while the plan is registered delays the run and does not end it", "[worker]") {
    Bench bench;
    bench.client.full_disks = 1;
    CHECK(bench.run({Make{"a"}})[0].fate == Fate::ran);
}

TEST_CASE("what was done in this run is not run again when it is required once more", "[worker]") {
    Bench bench;
    required = {{"a", {"d"}}, {"late", {"d"}}};
    bench.runner.script = [&](const worker::Attempt& attempt, AttemptResult& result) {
        if (attempt.task == AnyTask(Make{"a"}) && !there.contains("late")) {
            result.ending = Ending::waiting;
            result.missing = {Make{"late"}};
        } else {
            there.insert(attempt.task.values().at("name"));
        }
        return true;
    };
    bench.run({Make{"a"}});
    CHECK(std::count(bench.runner.diary.begin(), bench.runner.diary.end(), "start Make(name=d)") == 1);
}

TEST_CASE("a scheduler that cannot write for want of room is asked again", "[worker]") {
    Bench bench;
    bench.between = [&, told = false]() mutable {
        if (!std::exchange(told, true)) bench.client.full_disks = 2;
    };
    CHECK(bench.run({Make{"a"}})[0].fate == Fate::ran);
    CHECK(bench.diary.notices.size() == 2);
}

TEST_CASE("a worker whose scheduler is away for good says what it leaves unfinished", "[worker]") {
    struct Away final : worker::SchedulerClient {
        explicit Away(Bench& around) : bench(around) {}
        std::vector<wire::Response> call(const std::vector<wire::Request>& requests) override {
            if (!bench.runner.diary.empty()) throw Error("scheduler 'x': no answer; gave up after 1 h 00 min");
            return bench.client.call(requests);
        }
        Bench& bench;
    };
    Bench bench;
    Away away(bench);
    bench.asked = &away;
    CHECK_THROWS_WITH(bench.run({Make{"a"}}), Catch::Contains("gave up"));
    CHECK(bench.diary.notices ==
          std::vector<std::string>{"leaving Make(name=a) unfinished: the next run begins anew"});
}

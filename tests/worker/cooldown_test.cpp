// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/worker_fixture.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;

namespace {

/// A shared scheduler with a done cooldown of ten seconds.
struct CooldownFixture : SharedFixture {
    explicit CooldownFixture(std::chrono::seconds cooldown = 10s) : SharedFixture(config_with_cooldown(cooldown)) {}

    static scheduler::Config config_with_cooldown(std::chrono::seconds cooldown) {
        scheduler::Config config = embedded_config();
        config.stable_done_cooldown_secs = scheduler::Seconds(cooldown);
        return config;
    }

    void make_external_as_other() {
        for (const auto status : {rpc::Status::pending, rpc::Status::done})
            call_as_other(task_request(ExternalInput{}, status));
    }
};

}  // namespace

TEST_CASE("a task whose output is gone moments after it was done runs again when the cooldown ends", "[worker]") {
    CooldownFixture fixture;
    fixture.run({Make{"a"}});
    existing.clear();
    const Time begin = fixture.clock.now();
    CHECK(statuses(fixture.run({Make{"a"}})) == std::vector{TaskStatus::done});
    CHECK(fixture.clock.now() - begin < 11s);
    CHECK(fixture.observer.notices ==
          std::vector<std::string>{
              "the output of Make(name=a) is missing, but the scheduler says it was just done: running it "
              "again in 10 s, unless it appears"});
}

TEST_CASE("a task whose output appears during the cooldown does not run again", "[worker]") {
    CooldownFixture fixture;
    fixture.run({Make{"a"}});
    existing.clear();
    fixture.on_tick = [&, rounds = 0]() mutable {
        if (++rounds == 20) existing.insert("a");
    };
    CHECK(statuses(fixture.run({Make{"a"}})) == std::vector{TaskStatus::complete});
    CHECK(fixture.runner.calls == std::vector<std::string>{"start Make(name=a)"});
}

TEST_CASE("a task whose input is gone moments after it was done waits until the input is made again", "[worker]") {
    CooldownFixture fixture;
    fixture.run({Make{"b"}});
    required = {{"a", {"b", "c"}}};
    fixture.runner.script = [](const worker::Attempt& attempt, AttemptResult&) {
        const std::string name = attempt.task.values().at("name");
        if (name == "c") existing.erase("b");
        existing.insert(name);
        return true;
    };
    const auto reports = fixture.run({Make{"a"}});
    CHECK(reports[0].status == TaskStatus::done);
    CHECK(existing.contains("b"));
}

TEST_CASE("a stop ends the wait for a cooldown", "[worker]") {
    CooldownFixture fixture;
    fixture.run({Make{"a"}});
    existing.clear();
    fixture.on_tick = [&, rounds = 0]() mutable {
        if (++rounds == 5) fixture.stop_requests = 1;
    };
    CHECK(statuses(fixture.run({Make{"a"}})) == std::vector{TaskStatus::not_run});
}

TEST_CASE("a task that loses its input repeatedly fails when its tries are used up", "[worker]") {
    CooldownFixture fixture;
    AssignmentRecorder recorder(fixture.client);
    fixture.worker_client = &recorder;
    recorder.on_assignment = [loser = AnyTask(Make{"a"}).id()](const rpc::Assignment& task) {
        if (task.task_id == loser) existing.erase("b");
    };
    required = {{"a", {"b"}}};
    const auto reports = fixture.run({Make{"a"}});
    CHECK(reports[0].status == TaskStatus::failed);
    CHECK(reports[0].message.ends_with("is gone again"));
}

TEST_CASE("an external task just done stays done while nothing here requires it, though its output is missing",
          "[worker]") {
    CooldownFixture fixture;
    fixture.make_external_as_other();
    fixture.wait_until = fixture.clock.now() + 30s;
    fixture.runner.script =
        failing_script(1'000, FailureClass::not_ready);  // keeps the task that requires both from being tried
    fixture.run({Both{}});
    CHECK(fixture.status(ExternalInput{}) == "DONE");
}

TEST_CASE("an external task just done whose output is missing is waited for, then registered again", "[worker]") {
    CooldownFixture fixture(GENERATE(10s, 45s));
    fixture.make_external_as_other();
    fixture.on_tick = [&] {
        fixture.call_as_other(rpc::Ping{.worker = "other"});
        if (fixture.status(ExternalInput{}) == "DONE") return;
        existing.insert("given");
        fixture.make_external_as_other();
    };
    CHECK(statuses(fixture.run({Refine{"a"}})) == std::vector{TaskStatus::done, TaskStatus::complete});
    CHECK(fixture.observer.ends.front().second.message.ends_with("which was just done, is missing"));
}

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/worker_fixture.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;

namespace {

/// Counts the work requests.
struct GetWorkCounter final : worker::SchedulerClient {
    explicit GetWorkCounter(SchedulerClient& client) : scheduler(client) {}

    std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests) override {
        for (const auto& request : requests) count += std::holds_alternative<rpc::GetWork>(request) ? 1 : 0;
        return scheduler.call(requests);
    }

    SchedulerClient& scheduler;
    int count = 0;
};

/// Returns a tick that calls `what` once, when the worker has begun to wait.
std::function<void()> after_a_while(std::function<void()> what) {
    return [rounds = 0, what = std::move(what)]() mutable {
        if (++rounds == 20) what();
    };
}

}  // namespace

TEST_CASE("a task that another worker runs is waited for, and checked when it ends", "[worker]") {
    SharedFixture fixture;
    required = {{"a", {"b"}}};
    fixture.assign_to_other(Make{"b"});
    fixture.on_tick = after_a_while([&] {
        existing.insert("b");
        fixture.finish_as_other(Make{"b"}, rpc::Status::done);
    });
    CHECK(statuses(fixture.run({Make{"a"}})) == std::vector{TaskStatus::done, TaskStatus::complete});
    CHECK(fixture.runner.calls == std::vector<std::string>{"start Make(name=a)"});
    CHECK(fixture.observer.notices == std::vector<std::string>{"waiting for 1 task of other workers"});
}

TEST_CASE("a worker with many free slots sends one request without work, and one for each task with it", "[worker]") {
    SharedFixture fixture;
    GetWorkCounter counter(fixture.client);
    fixture.worker_client = &counter;
    fixture.slots = 8;
    fixture.assign_to_other(Make{"b"});
    fixture.runner.script = [](const auto&, auto&) { return false; };
    fixture.on_tick = [&, rounds = 0]() mutable {
        if (++rounds == 1) CHECK(counter.count == 3 + 1);
        fixture.stop_requests = std::min(rounds, 2);
    };
    fixture.run({Make{"b"}, Make{"c"}, Make{"d"}, Make{"e"}});
    CHECK(fixture.runner.calls[2] == "start Make(name=e)");
}

TEST_CASE("a task that failed permanently at another worker is not waited for", "[worker]") {
    SharedFixture fixture;
    required = {{"a", {"b"}}};
    fixture.assign_to_other(Make{"b"});
    fixture.on_tick = after_a_while([&] { fixture.finish_as_other(Make{"b"}, rpc::Status::failed); });
    const auto reports = fixture.run({Make{"a"}});
    CHECK(statuses(reports) == std::vector{TaskStatus::not_run, TaskStatus::failed});
    CHECK(reports[1].message == "failed at another worker: no luck");
}

TEST_CASE("a stop ends the wait for another worker, which the result names", "[worker]") {
    SharedFixture fixture;
    fixture.assign_to_other(Make{"b"});
    fixture.on_tick = after_a_while([&] { fixture.stop_requests = 1; });
    const auto reports = fixture.run({Make{"b"}});
    CHECK(reports[0].status == TaskStatus::running_elsewhere);
    CHECK(reports[0].message == "running on worker 'other'");
}

TEST_CASE("an external task is waited for while another worker can run it", "[worker]") {
    SharedFixture fixture;
    fixture.assign_to_other(ExternalInput{});
    fixture.on_tick = after_a_while([&] {
        existing.insert("given");
        fixture.finish_as_other(ExternalInput{}, rpc::Status::done);
    });
    CHECK(statuses(fixture.run({Both{}})) == std::vector{TaskStatus::done, TaskStatus::done, TaskStatus::complete});
}

TEST_CASE("the requirements of an external task are left to the worker that runs it", "[worker]") {
    SharedFixture fixture;
    auto external = SharedFixture::task_request(ExternalInput{}, rpc::Status::pending);
    external.deps = {"earlier"};
    fixture.call_as_other(external);
    fixture.on_tick = after_a_while([&] { fixture.stop_requests = 1; });
    fixture.run({Refine{"a"}});
    CHECK(fixture.requirements(ExternalInput{}) == 1);
}

TEST_CASE("an external task whose output cannot be seen here stays done while the run waits", "[worker]") {
    SharedFixture fixture;
    fixture.assign_to_other(ExternalInput{});
    fixture.wait_until = fixture.clock.now() + 5min;
    fixture.runner.script =
        failing_script(1'000, FailureClass::not_ready);  // keeps the task that requires both from being tried
    fixture.on_tick = after_a_while([&] { fixture.finish_as_other(ExternalInput{}, rpc::Status::done); });
    CHECK(statuses(fixture.run({Both{}})) ==
          std::vector{TaskStatus::not_run, TaskStatus::not_ready, TaskStatus::missing_external});
    CHECK(fixture.status(ExternalInput{}) == "DONE");
}

TEST_CASE("an external task whose output appears by itself is reported to the scheduler", "[worker]") {
    SharedFixture fixture;
    fixture.wait_until = fixture.clock.now() + 10min;
    fixture.on_tick = after_a_while([&] { existing.insert("given"); });
    CHECK(statuses(fixture.run({Refine{"a"}})) == std::vector{TaskStatus::done, TaskStatus::complete});
    CHECK(fixture.status(ExternalInput{}) == "DONE");
}

TEST_CASE("an external task whose worker died before its report is reported by the worker that requires it",
          "[worker]") {
    SharedFixture fixture;
    fixture.assign_to_other(ExternalInput{});
    fixture.on_tick = after_a_while([&] {
        existing.insert("given");
        fixture.clock.advance(2min);
        fixture.call_as_other(rpc::Prune{});
    });
    CHECK(statuses(fixture.run({Refine{"a"}})) == std::vector{TaskStatus::done, TaskStatus::complete});
}

TEST_CASE("an external task that no worker can run ends the run", "[worker]") {
    SharedFixture fixture;
    CHECK(statuses(fixture.run({Both{}})) ==
          std::vector{TaskStatus::not_run, TaskStatus::done, TaskStatus::missing_external});
}

TEST_CASE("a worker that the scheduler has forgotten registers its tasks again", "[worker]") {
    SharedFixture fixture;
    required = {{"a", {"b"}}};
    fixture.runner.script = [&](const worker::Attempt& attempt, AttemptResult&) {
        existing.insert(attempt.task.values().at("name"));
        fixture.clock.advance(2min);  // longer than the worker timeout
        fixture.call_as_other(rpc::Prune{});
        return true;
    };
    const auto reports = fixture.run({Make{"a"}});
    CHECK(statuses(reports) == std::vector(2, TaskStatus::done));
}

TEST_CASE("a task that is complete when assigned is reported and not run", "[worker]") {
    SharedFixture fixture;
    fixture.assign_to_other(Make{"a"});
    fixture.on_tick = after_a_while([&] {
        existing.insert("a");
        fixture.clock.advance(2min);  // the other worker times out, and its task is assigned again
        fixture.call_as_other(rpc::Prune{});
    });
    CHECK(statuses(fixture.run({Make{"a"}})) == std::vector{TaskStatus::complete});
    CHECK(fixture.runner.calls.empty());
}

TEST_CASE("a worker for a family runs a task that others only named once its requirements are complete", "[worker]") {
    SharedFixture fixture;
    fixture.families = {"Refine"};
    fixture.idle_timeout = 20s;
    auto named = SharedFixture::task_request(Refine{"a"}, rpc::Status::pending);
    named.runnable = false;
    fixture.call_as_other(named);
    fixture.assign_to_other(ExternalInput{});
    fixture.on_tick = after_a_while([&] {
        existing.insert("given");
        fixture.finish_as_other(ExternalInput{}, rpc::Status::done);
    });
    CHECK(statuses(fixture.run({})) == std::vector{TaskStatus::done, TaskStatus::complete});
    CHECK(fixture.runner.calls == std::vector<std::string>{"start Refine(name=a)"});
    CHECK(fixture.requirements(Refine{"a"}) == 1);
}

TEST_CASE("a worker for a family reports the resources of a task that others only named before running it",
          "[worker]") {
    SharedFixture fixture;
    fixture.families = {"Weigh"};
    fixture.idle_timeout = 20s;
    fixture.slots = 2;
    for (const auto* name : {"a", "b"}) {
        auto named = SharedFixture::task_request(Weigh{name}, rpc::Status::pending);
        named.runnable = false;
        fixture.call_as_other(named);
    }
    int running = 0;
    fixture.runner.script = [&](const worker::Attempt& attempt, AttemptResult&) {
        for (const auto& id : {Weigh{"a"}, Weigh{"b"}}) running += fixture.status(id) == "RUNNING" ? 1 : 0;
        existing.insert(attempt.task.values().at("name"));
        return true;
    };
    CHECK(statuses(fixture.run({})) == std::vector(2, TaskStatus::done));
    CHECK(running == 2);  // each time but the one
}

TEST_CASE("a worker for a family waits for external tasks no longer than its idle timeout", "[worker]") {
    SharedFixture fixture;
    fixture.families = {"Refine"};
    fixture.idle_timeout = 20s;
    fixture.assign_to_other(ExternalInput{});
    fixture.call_as_other(SharedFixture::task_request(Refine{"a"}, rpc::Status::pending));
    const Time began = fixture.clock.now();
    CHECK(statuses(fixture.run({})) == std::vector{TaskStatus::not_run, TaskStatus::missing_external});
    CHECK(fixture.clock.now() - began < 1min);
}

TEST_CASE("a worker for a family runs tasks that others registered, and ends after its idle timeout", "[worker]") {
    SharedFixture fixture;
    fixture.families = {"Make"};
    fixture.idle_timeout = 5s;
    fixture.call_as_other(SharedFixture::task_request(Make{"a"}, rpc::Status::pending));
    CHECK(statuses(fixture.run({})) == std::vector{TaskStatus::done});
    CHECK(existing.contains("a"));
}

TEST_CASE("a worker that an operator has disabled starts no more", "[worker]") {
    SharedFixture fixture;
    fixture.runner.script = [&](const worker::Attempt& attempt, AttemptResult&) {
        fixture.call_as_other(rpc::DisableWorker{.worker = "W1"});
        return existing.insert(attempt.task.values().at("name")), true;
    };
    CHECK(statuses(fixture.run({Make{"a"}, Make{"b"}})) == std::vector{TaskStatus::done, TaskStatus::not_run});
    CHECK(fixture.observer.notices ==
          std::vector<std::string>{"the scheduler has disabled this worker: finishing 0 running, starting no more"});
}

TEST_CASE("a late answer to a long poll does not restart an attempt that has ended", "[worker]") {
    SharedFixture fixture;
    AssignmentRecorder recorder(fixture.client);
    fixture.worker_client = &recorder;
    fixture.runner.script = failing_script(1, FailureClass::transient);
    fixture.on_tick = [&, is_sent = false]() mutable {
        if (!fixture.observer.ends.empty() && !std::exchange(is_sent, true))
            fixture.mailbox.put(worker::PollResult{recorder.assignments.front()});
    };
    CHECK(statuses(fixture.run({Make{"a"}})) == std::vector{TaskStatus::done});
    CHECK(fixture.runner.calls.size() == 2);
    CHECK(recorder.assignments.size() == 2);
}

TEST_CASE("a late answer to a long poll does not give back a running attempt", "[worker]") {
    SharedFixture fixture;
    AssignmentRecorder recorder(fixture.client);
    fixture.worker_client = &recorder;
    fixture.runner.script = [](const auto&, auto&) { return false; };
    fixture.on_tick = [&, rounds = 0]() mutable {
        if (++rounds == 1) fixture.mailbox.put(worker::PollResult{recorder.assignments.front()});
        if (rounds == 3) {
            existing.insert("a");
            CHECK(fixture.status(Make{"a"}) == "RUNNING");
            fixture.mailbox.put(
                AttemptResult{.token = fixture.runner.running.front().token, .status = AttemptStatus::done});
        }
    };
    CHECK(statuses(fixture.run({Make{"a"}})) == std::vector{TaskStatus::done});
    CHECK(fixture.runner.calls.size() == 1);
}

TEST_CASE("an assignment that comes when all slots are taken is given back unchanged", "[worker]") {
    SharedFixture fixture;
    fixture.runner.script = [](const auto&, auto&) { return false; };
    fixture.on_tick = [&, rounds = 0]() mutable {
        if (++rounds == 1) {
            auto weigh = SharedFixture::task_request(Weigh{"a"}, rpc::Status::pending);
            weigh.resources = {{"scales", 1}};
            fixture.call_as_other(weigh);
            fixture.mailbox.put(worker::PollResult{
                std::get<rpc::Work>(fixture.call_as_other(rpc::GetWork{.worker = "W1", .families = {"Weigh"}}))});
        }
        if (rounds < 3) return;
        CHECK(fixture.status(Weigh{"a"}) == "PENDING");
        CHECK(fixture.node(Weigh{"a"}).at("resources").at("scales").as_integer() == 1);
        fixture.stop_requests = 2;
    };
    fixture.run({Make{"b"}});
}

TEST_CASE("an assignment that comes when the worker ends is given back", "[worker]") {
    SharedFixture fixture;
    fixture.families = {"Make"};
    fixture.idle_timeout = 5s;
    const Time end = fixture.clock.now() + 5s;
    fixture.on_tick = [&, is_sent = false]() mutable {
        if (fixture.clock.now() < end || std::exchange(is_sent, true)) return;
        fixture.call_as_other(SharedFixture::task_request(Make{"a"}, rpc::Status::pending));
        fixture.mailbox.put(worker::PollResult{
            std::get<rpc::Work>(fixture.call_as_other(rpc::GetWork{.worker = "W1", .families = {"Make"}}))});
        CHECK(fixture.status(Make{"a"}) == "RUNNING");
    };
    fixture.run({});
    CHECK(fixture.status(Make{"a"}) == "PENDING");
    CHECK(fixture.runner.calls.empty());
}

TEST_CASE("a late assignment of a rejected task does not start it", "[worker]") {
    SharedFixture fixture;
    AssignmentRecorder recorder(fixture.client);
    fixture.worker_client = &recorder;
    fixture.families = {"Impossible"};
    fixture.idle_timeout = 5s;
    fixture.call_as_other(SharedFixture::task_request(Impossible{}, rpc::Status::pending));
    fixture.on_tick = [&, is_sent = false]() mutable {
        if (!recorder.assignments.empty() && !std::exchange(is_sent, true))
            fixture.mailbox.put(worker::PollResult{recorder.assignments.front()});
    };
    fixture.run({});
    CHECK(recorder.assignments.size() == 1);
    CHECK(fixture.runner.calls.empty());
}

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/root_failures.hpp"
#include "scheduler/scheduler.hpp"
#include "scheduler_harness.hpp"
#include "store/state_file.hpp"
#include "support/fake_log.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

using namespace freshet;
using namespace freshet::test;
using rpc::Status;
using scheduler::AlertLevel;
using scheduler::RootFailure;
using scheduler::Seconds;

namespace {

using Roots = std::map<std::string, RootFailure, std::less<>>;

/// Runs the task and reports its failure, as a program without failure classes does.
void fail(SchedulerHarness& harness, const std::string& task, const char* why = "disk on fire") {
    REQUIRE(harness.gets("W") == task);
    auto report = SchedulerHarness::report("W", task, Status::failed);
    report.expl = Json(why).text();
    harness.add(std::move(report));
}

/// Lets the time pass after which a worker and its tasks are forgotten.
void forget(SchedulerHarness& harness) {
    for (const double seconds : {61, 601}) {
        harness.advance(Seconds(seconds));
        harness.prunes();
    }
}

const Roots& roots_of(const SchedulerHarness& harness) { return harness.machine.state().root_failures.all(); }

AlertLevel level(const SchedulerHarness& harness, const std::string& task) {
    return scheduler::alert_level_of(harness.task(task));
}

std::int64_t acknowledge(SchedulerHarness& harness, rpc::AcknowledgeFailures request) {
    return harness.ask<Json>(std::move(request)).at("acknowledged").as_integer();
}

}  // namespace

TEST_CASE("a failed root is kept after its removal, until a newer run succeeds", "[scheduler][root_failures]") {
    SchedulerHarness harness;
    harness.registers("W", "Daily_1");
    fail(harness, "Daily_1");
    const Time failed = harness.now;
    forget(harness);
    REQUIRE_FALSE(harness.knows("Daily_1"));
    REQUIRE(roots_of(harness).size() == 1);
    const RootFailure& kept = roots_of(harness).at("Daily_1");
    CHECK(kept.family == "Daily");
    CHECK(kept.alert_level == AlertLevel::needs_operator);
    CHECK(kept.why.find("disk on fire") != std::string::npos);
    CHECK(kept.failures == 1);
    CHECK(kept.since == failed);
    harness.registers("W", "Daily_1");
    CHECK(level(harness, "Daily_1") == AlertLevel::retrying);
    REQUIRE(harness.gets("W") == "Daily_1");
    CHECK(level(harness, "Daily_1") == AlertLevel::retrying);
    harness.reports("W", "Daily_1", Status::done);
    CHECK(level(harness, "Daily_1") == AlertLevel::none);
    forget(harness);
    CHECK(roots_of(harness).empty());
}

TEST_CASE("another root of the family leaves a failed root as it is", "[scheduler][root_failures]") {
    SchedulerHarness harness;
    harness.registers("W", "Daily_1");
    fail(harness, "Daily_1");
    forget(harness);
    harness.registers("W", "Daily_2");
    harness.gets("W");
    harness.reports("W", "Daily_2", Status::done);
    forget(harness);
    CHECK(roots_of(harness).size() == 1);
    CHECK(roots_of(harness).contains("Daily_1"));
}

TEST_CASE("failures of required tasks are kept once, with the root that they kept from running",
          "[scheduler][root_failures]") {
    SchedulerHarness harness;
    harness.registers("W", "Root", {"Half"});
    harness.registers("W", "Half", {"Part_1", "Part_2"});
    harness.registers("W", "Part_1");
    harness.registers("W", "Part_2");
    fail(harness, "Part_1");
    fail(harness, "Part_2", "no such file");
    forget(harness);
    REQUIRE(roots_of(harness).size() == 1);
    const RootFailure& kept = roots_of(harness).at("Root");
    CHECK(kept.tasks == 2);
    CHECK(kept.failures == 2);
    CHECK(kept.why.find("did not succeed: Part() failed at attempt 1") == 0);
}

TEST_CASE("a root that is still known takes over the failures of removed tasks that it requires",
          "[scheduler][root_failures]") {
    SchedulerHarness harness;
    harness.registers("V", "Root");
    harness.registers("W", "Root", {"Part"});
    harness.registers("W", "Part");
    fail(harness, "Part");
    for (int minute = 0; minute < 12; ++minute) {
        harness.advance(Seconds(60));
        harness.send(rpc::Ping{"V"});
        harness.prunes();
    }
    REQUIRE_FALSE(harness.knows("Part"));
    CHECK(level(harness, "Root") == AlertLevel::retrying);
    CHECK(roots_of(harness).empty());
}

TEST_CASE("a run that ended with its worker before it was complete is kept as a delay", "[scheduler][root_failures]") {
    SchedulerHarness harness;
    harness.registers("W", "Root", {"Part"});
    harness.registers("W", "Part");
    forget(harness);
    REQUIRE(roots_of(harness).size() == 1);
    CHECK(roots_of(harness).at("Root").alert_level == AlertLevel::delayed);
    CHECK(roots_of(harness).at("Root").why == "was PENDING when its last worker left");
}

TEST_CASE("a source that was not ready is kept as a delay, not as a failure", "[scheduler][root_failures]") {
    SchedulerHarness harness;
    harness.registers("W", "Cycle", {"Fetch"});
    harness.registers("W", "Fetch");
    REQUIRE(harness.gets("W") == "Fetch");
    harness.fails("W", "Fetch", FailureClass::not_ready);
    forget(harness);
    REQUIRE(roots_of(harness).size() == 1);
    CHECK(roots_of(harness).at("Cycle").alert_level == AlertLevel::delayed);
    CHECK(roots_of(harness).at("Cycle").failures == 0);
}

TEST_CASE("a failed task has an alert while it is retried, and needs an operator after the third failure",
          "[scheduler][root_failures]") {
    scheduler::Config config;
    config.retry_delay = Seconds(1);
    config.retry_count = 1'000;
    SchedulerHarness harness(config);
    harness.registers("W", "A");
    for (int failures = 1; failures <= 4; ++failures) {
        fail(harness, "A");
        CHECK(level(harness, "A") == (failures < 3 ? AlertLevel::retrying : AlertLevel::needs_operator));
        harness.advance(Seconds(2));
        harness.prunes();
        REQUIRE(harness.status("A") == Status::pending);
        CHECK(level(harness, "A") == (failures < 3 ? AlertLevel::retrying : AlertLevel::needs_operator));
    }
    harness.gets("W");
    harness.reports("W", "A", Status::done);
    CHECK(level(harness, "A") == AlertLevel::none);
}

TEST_CASE("failures of several runs are counted as those of one root", "[scheduler][root_failures]") {
    SchedulerHarness harness;
    for (int run = 1; run <= 3; ++run) {
        harness.registers("W", "Hourly");
        fail(harness, "Hourly");
        CHECK(level(harness, "Hourly") == (run < 3 ? AlertLevel::retrying : AlertLevel::needs_operator));
        forget(harness);
        REQUIRE(roots_of(harness).size() == 1);
        CHECK(roots_of(harness).at("Hourly").failures == static_cast<std::uint32_t>(run));
    }
}

TEST_CASE("a lost attempt that goes on is no failure", "[scheduler][root_failures]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    const auto lease = harness.assignment("W").lease->token;
    harness.advance(Seconds(61));
    harness.prunes();
    CHECK(level(harness, "A") == AlertLevel::retrying);
    harness.send(rpc::RenewLease{"W", "A", lease});
    REQUIRE(harness.status("A") == Status::running);
    CHECK(level(harness, "A") == AlertLevel::none);
}

TEST_CASE("an acknowledged failure needs no attention until the next one", "[scheduler][root_failures]") {
    scheduler::Config config;
    config.retry_delay = Seconds(1);
    SchedulerHarness harness(config);
    harness.registers("W", "A");
    fail(harness, "A");
    CHECK(acknowledge(harness, {.task_id = "A"}) == 1);
    CHECK(harness.status("A") == Status::failed);
    CHECK(level(harness, "A") == AlertLevel::none);
    CHECK(acknowledge(harness, {.task_id = "A"}) == 0);
    harness.advance(Seconds(2));
    harness.prunes();
    fail(harness, "A");
    CHECK(level(harness, "A") == AlertLevel::retrying);
}

TEST_CASE("an acknowledged failure is not kept after its removal, nor is the root that it kept from running",
          "[scheduler][root_failures]") {
    SchedulerHarness harness;
    harness.registers("W", "Root", {"Part"});
    harness.registers("W", "Part");
    fail(harness, "Part");
    CHECK(acknowledge(harness, {.task_id = "Part"}) == 1);
    forget(harness);
    CHECK(roots_of(harness).empty());
}

TEST_CASE("the failures of a family are acknowledged together, except those after the given time",
          "[scheduler][root_failures]") {
    SchedulerHarness harness;
    harness.registers("W", "Daily_1");
    fail(harness, "Daily_1");
    forget(harness);
    harness.registers("W", "Daily_2");
    fail(harness, "Daily_2");
    const double before = std::chrono::duration<double>(harness.now.time_since_epoch()).count();
    harness.advance(Seconds(1));
    harness.registers("W", "Daily_3");
    fail(harness, "Daily_3");
    harness.registers("W", "Hourly_1");
    fail(harness, "Hourly_1");
    CHECK(acknowledge(harness, {.family = "Daily", .before = before}) == 2);
    CHECK(roots_of(harness).empty());
    CHECK(level(harness, "Daily_2") == AlertLevel::none);
    CHECK(level(harness, "Daily_3") == AlertLevel::retrying);
    CHECK(level(harness, "Hourly_1") == AlertLevel::retrying);
}

TEST_CASE("the history says which operator made a change", "[scheduler][root_failures]") {
    scheduler::Config config;
    config.retry_count = 2;
    SchedulerHarness harness(config);
    harness.registers("W", "A");
    fail(harness, "A");
    harness.send(rpc::AcknowledgeFailures{.task_id = "A", .principal = "alice"});
    harness.send(rpc::ForgiveFailures{"A", "bob"});
    fail(harness, "A");
    REQUIRE(harness.status("A") == Status::disabled);
    harness.send(rpc::ReEnableTask{"A", "carol"});
    harness.send(rpc::MarkAsDone{"A", "dave"});
    std::vector<std::string> changes;
    for (const auto& entry : harness.machine.take_write_batch().history)
        if (entry.worker.starts_with("operator"))
            changes.push_back(fmt::format("{}: {}: {}", entry.worker, rpc::text(entry.status), entry.detail));
    CHECK(changes == std::vector<std::string>{"operator alice: FAILED: its failure was acknowledged",
                                              "operator bob: PENDING: forgiven", "operator carol: FAILED: re-enabled",
                                              "operator dave: DONE: marked as done"});
}

TEST_CASE("a worker cannot pass for an operator in the history", "[scheduler][root_failures]") {
    SchedulerHarness harness;
    harness.registers("operator eve", "A");
    harness.gets("operator eve");
    harness.send(rpc::AddTask{.worker = "operator eve", .task_id = "A", .status = Status::done});
    harness.send(rpc::AnnounceSchedulingFailure{"B()", "B", {}, "no such bucket", {}, "operator eve"});
    const auto history = harness.machine.take_write_batch().history;
    CHECK(history.size() > 3);
    for (const auto& entry : history) CHECK(entry.worker == "worker operator eve");
}

TEST_CASE("kept failures survive a restart, and a restart after their end finds none", "[scheduler][root_failures]") {
    auto file = store::StateFile::in_memory();
    FakeLog log;
    Time now = FakeClock::start;
    const auto start = [&] { return scheduler::Scheduler(file, log, {.run_id = "r"}, now); };
    const auto send = [&](scheduler::Scheduler& scheduler, rpc::Request request) {
        return scheduler.execute({&request, 1}, now).front();
    };
    Roots kept;
    {
        auto scheduler = start();
        send(scheduler, rpc::AddTask{.worker = "W", .task_id = "A", .family = "A"});
        send(scheduler, rpc::GetWork{.worker = "W"});
        send(scheduler, SchedulerHarness::report("W", "A", Status::failed));
        for (const auto silence : {std::chrono::seconds(61), std::chrono::seconds(601)}) {
            now += silence;
            send(scheduler, rpc::Prune{});
        }
        kept = scheduler.machine().state().root_failures.all();
        REQUIRE(kept.size() == 1);
    }
    {
        auto scheduler = start();
        CHECK(scheduler.machine().state().root_failures.all() == kept);
        send(scheduler, rpc::AcknowledgeFailures{.task_id = "A"});
    }
    CHECK(start().machine().state().root_failures.all().empty());
}

TEST_CASE("failures in a row and acknowledgements survive a restart", "[scheduler][root_failures]") {
    auto file = store::StateFile::in_memory();
    FakeLog log;
    const auto run = [&](std::vector<rpc::Request> requests) {
        scheduler::Scheduler scheduler(file, log, {.run_id = "r"}, FakeClock::start);
        scheduler.execute(requests, FakeClock::start);
        const auto& tasks = scheduler.machine().state().tasks;
        return scheduler::alert_level_of(tasks[*tasks.find("A")]);
    };
    CHECK(run({rpc::AddTask{.worker = "W", .task_id = "A"}, rpc::GetWork{.worker = "W"},
               SchedulerHarness::report("W", "A", Status::failed), rpc::ForgiveFailures{"A"}}) == AlertLevel::retrying);
    CHECK(run({}) == AlertLevel::retrying);
    CHECK(run({rpc::AcknowledgeFailures{.task_id = "A"}}) == AlertLevel::none);
    CHECK(run({}) == AlertLevel::none);
}

TEST_CASE("kept failures are bounded, and those past the limit are counted", "[scheduler][root_failures]") {
    scheduler::RootFailures failures;
    for (std::size_t i = 0; i < scheduler::RootFailures::max_roots + 5; ++i)
        failures.add({.task_id = fmt::format("A_{}", i), .family = "A", .failures = 1});
    CHECK(failures.all().size() == scheduler::RootFailures::max_roots + 1);
    CHECK(failures.all().at(std::string(scheduler::RootFailures::overflow_id)).tasks == 5);
}

TEST_CASE("a clock that is set leaves a kept failure at its place in time", "[scheduler][root_failures]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    fail(harness, "A");
    forget(harness);
    const Time since = roots_of(harness).at("A").since;
    harness.now -= std::chrono::hours(1);
    harness.machine.shift_times(-std::chrono::hours(1), harness.now);
    CHECK(roots_of(harness).at("A").since == since - std::chrono::hours(1));
    CHECK(harness.machine.take_write_batch().root_failures.size() == 1);
}

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/family_stats.hpp"
#include "scheduler_harness.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using rpc::Status;
using scheduler::FamilyStats;
using scheduler::FamilyStatsTable;
using scheduler::Seconds;

namespace {

const FamilyStats& stats_of(const SchedulerHarness& harness, std::string_view family) {
    return harness.machine.state().family_stats.families().find(family)->second;
}

void runs(SchedulerHarness& harness, const std::string& task, Status status, Seconds takes = Seconds(10)) {
    harness.registers("W", task);
    REQUIRE(harness.gets("W") == task);
    harness.advance(takes);
    harness.reports("W", task, status);
}

/// A scheduler restored from everything that this one has written.
scheduler::StateMachine restarted(SchedulerHarness& harness) {
    scheduler::StateMachine machine({}, 1);
    scheduler::SavedState saved{.tasks = [](const auto&) {}, .workers = [](const auto&) {}};
    saved.families = harness.machine.take_write_batch().families;
    machine.restore(saved, harness.now, [](const auto&, const auto&) {});
    return machine;
}

}  // namespace

TEST_CASE("attempts are counted by family and result", "[scheduler][chronicle]") {
    SchedulerHarness harness;
    runs(harness, "Load_1", Status::done);
    runs(harness, "Load_2", Status::done);
    runs(harness, "Load_3", Status::failed);
    runs(harness, "Show_1", Status::failed);
    CHECK(stats_of(harness, "Load").done == 2);
    CHECK(stats_of(harness, "Load").failed == 1);
    CHECK(stats_of(harness, "Show").failed == 1);
    CHECK(stats_of(harness, "Show").done == 0);
}

TEST_CASE("a task that is registered as complete is no attempt", "[scheduler][chronicle]") {
    SchedulerHarness harness;
    harness.reports("W", "Load_1", Status::done);
    CHECK(harness.machine.state().family_stats.families().empty());
}

TEST_CASE("retried failures are counted by class", "[scheduler][chronicle]") {
    SchedulerHarness harness;
    for (const FailureClass each : {FailureClass::not_ready, FailureClass::permanent}) {
        const std::string task = each == FailureClass::not_ready ? "Load_1" : "Load_2";
        harness.registers("W", task);
        harness.gets("W");
        harness.fails("W", task, each);
    }
    runs(harness, "Load_3", Status::failed);
    CHECK(stats_of(harness, "Load").retries == std::array<std::uint64_t, 5>{1, 0, 0, 0, 1});
}

TEST_CASE("an attempt is counted in the first bucket whose bound it does not exceed", "[scheduler][chronicle]") {
    SchedulerHarness harness;
    runs(harness, "Load_1", Status::done, Seconds(5));
    runs(harness, "Load_2", Status::done, Seconds(5.5));
    CHECK(stats_of(harness, "Load").durations.counts[1] == 1);
    CHECK(stats_of(harness, "Load").durations.counts[2] == 1);
    CHECK(stats_of(harness, "Load").durations.sum == Approx(10.5));
}

TEST_CASE("the attempts of a worker that timed out are counted as lost, their leases as expired",
          "[scheduler][chronicle]") {
    SchedulerHarness harness;
    harness.registers("W", "Load_1");
    harness.gets("W");
    harness.advance(Seconds(61));
    harness.prunes();
    CHECK(stats_of(harness, "Load").lost == 1);
    CHECK(harness.machine.state().family_stats.leases_expired() == 1);
}

TEST_CASE("the recent runs of root tasks outlive a restart", "[scheduler][chronicle]") {
    SchedulerHarness harness;
    harness.registers("W", "Whole_1", {"Part_1"});
    harness.registers("W", "Part_1");
    for (const std::string task : {"Part_1", "Whole_1"}) {
        REQUIRE(harness.gets("W") == task);
        harness.advance(Seconds(10));
        harness.reports("W", task, Status::done);
    }
    const auto machine = restarted(harness);
    const auto& families = machine.state().family_stats.families();
    REQUIRE(families.size() == 1);
    const FamilyStats& whole = families.at("Whole");
    REQUIRE(whole.runs.size() == 1);
    CHECK(whole.runs[0] == scheduler::RecentRun{"Whole_1", "Whole()", Status::done, FakeClock::start, harness.now});
    CHECK(whole.last_success == harness.now);
    CHECK(whole.last_duration == std::chrono::seconds(20));
    CHECK(whole.done == 0);
}

TEST_CASE("a failure is the last completion and not the last success", "[scheduler][chronicle]") {
    SchedulerHarness harness;
    runs(harness, "Load_1", Status::done);
    const Time success = harness.now;
    runs(harness, "Load_2", Status::failed);
    CHECK(stats_of(harness, "Load").last_success == success);
    CHECK(stats_of(harness, "Load").last_completion == harness.now);
}

TEST_CASE("only the newest runs are kept, one per task", "[scheduler][chronicle]") {
    SchedulerHarness harness;
    constexpr int all = static_cast<int>(FamilyStatsTable::max_runs) + 3;
    for (int i = 0; i < all; ++i) runs(harness, "Load_" + std::to_string(i), Status::done);
    REQUIRE(stats_of(harness, "Load").runs.size() == FamilyStatsTable::max_runs);
    CHECK(stats_of(harness, "Load").runs.front().task_id == "Load_" + std::to_string(all - 1));
    CHECK(stats_of(harness, "Load").runs.back().task_id == "Load_3");
}

TEST_CASE("families past the limit are counted as one", "[scheduler][chronicle]") {
    SchedulerHarness harness;
    for (std::size_t i = 0; i < FamilyStatsTable::max_families + 3; ++i)
        runs(harness, "F" + std::to_string(i) + "_", Status::done, Seconds(0));
    CHECK(harness.machine.state().family_stats.families().size() == FamilyStatsTable::max_families + 1);
    CHECK(stats_of(harness, FamilyStatsTable::overflow_family).done == 3);
}

TEST_CASE("the statistics of a family are saved at most once per second", "[scheduler][chronicle]") {
    SchedulerHarness harness;
    runs(harness, "Load_1", Status::done);
    CHECK(harness.machine.take_write_batch().families.size() == 1);
    runs(harness, "Load_2", Status::done, Seconds(0.5));
    CHECK(harness.machine.take_write_batch().families.empty());
    runs(harness, "Load_3", Status::done, Seconds(0.6));
    CHECK(harness.machine.take_write_batch().families.size() == 1);
}

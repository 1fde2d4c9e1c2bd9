// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/run_walk.hpp"
#include "scheduler_harness.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::scheduler;
using namespace std::chrono_literals;
using rpc::Status;

namespace {

/// Whole_1 requires Load_1 and Load_2, both of which require Fetch_1; Load_2 takes longest.
SchedulerHarness finished_run() {
    SchedulerHarness harness;
    harness.registers("W", "Whole_1", {"Load_1", "Load_2"});
    harness.registers("W", "Load_1", {"Fetch_1"});
    harness.registers("W", "Load_2", {"Fetch_1"});
    harness.registers("W", "Fetch_1");
    for (const auto& [task, took] : {std::pair("Fetch_1", 5), {"Load_1", 10}, {"Load_2", 30}, {"Whole_1", 1}}) {
        REQUIRE(harness.gets("W") == task);
        harness.advance(Seconds(took));
        harness.reports("W", task, Status::done);
    }
    return harness;
}

RunWalk walk_below(const SchedulerHarness& harness, const std::string& root, std::size_t most = 1000,
                   std::size_t slice = std::numeric_limits<std::size_t>::max()) {
    const SchedulerState& state = harness.machine.state();
    RunWalk walk(*state.tasks.find(root), most);
    for (bool is_finished = false; !is_finished;) {
        Budget budget(slice);
        is_finished = walk.advance(state, harness.now, budget);
    }
    return walk;
}

std::vector<std::string> chain_of(const SchedulerHarness& harness, const RunWalk& walk) {
    std::vector<std::string> ids;
    for (const auto& link : walk.longest_chain()) ids.push_back(harness.machine.state().tasks[link.task].id);
    return ids;
}

std::size_t done(const RunWalk& walk, const std::string& family) {
    for (const auto& [name, counts] : walk.families())
        if (name && *name == family) return counts[static_cast<std::size_t>(Status::done)];
    return 0;
}

std::vector<std::string> listed_below(const SchedulerHarness& harness, rpc::TaskList request) {
    std::vector<std::string> ids;
    const Json tasks = execute_query(harness.machine.state(), request, harness.now);
    for (const auto& [id, task] : tasks.as_object()) ids.push_back(id);
    std::ranges::sort(ids);
    return ids;
}

}  // namespace

TEST_CASE("a walk counts each task below a root once, by family, however small its slices are", "[scheduler][graph]") {
    const SchedulerHarness harness = finished_run();
    for (const std::size_t slice : {std::size_t{1}, std::size_t{17}, std::size_t{100'000}}) {
        const RunWalk walk = walk_below(harness, "Whole_1", 1000, slice);
        CHECK(walk.is_complete());
        CHECK(walk.count() == 4);
        CHECK(done(walk, "Load") == 2);
        CHECK(done(walk, "Fetch") == 1);
    }
}

TEST_CASE("the longest chain is that of the requirements which took longest one after the other",
          "[scheduler][graph]") {
    const SchedulerHarness harness = finished_run();
    const RunWalk walk = walk_below(harness, "Whole_1");
    CHECK(chain_of(harness, walk) == std::vector<std::string>{"Fetch_1", "Load_2", "Whole_1"});
    CHECK(walk.longest_chain()[1].took == 30s);
}

TEST_CASE("a run of which nothing has run has no longest chain, nor does a cycle keep a walk from its end",
          "[scheduler][graph]") {
    SchedulerHarness harness;
    harness.registers("W", "A_1", {"B_1"});
    harness.registers("W", "B_1", {"A_1"});
    const RunWalk walk = walk_below(harness, "A_1");
    CHECK(walk.count() == 2);
    CHECK(walk.longest_chain().empty());
}

TEST_CASE("a walk that is cut short says so", "[scheduler][graph]") {
    const SchedulerHarness harness = finished_run();
    const RunWalk walk = walk_below(harness, "Whole_1", 2);
    CHECK_FALSE(walk.is_complete());
    CHECK(walk.count() == 2);
}

TEST_CASE("a task list is restricted to what a task requires", "[scheduler][queries]") {
    SchedulerHarness harness = finished_run();
    harness.registers("W", "Load_3", {"Fetch_2"});
    CHECK(listed_below(harness, {.below = "Load_1"}) == std::vector<std::string>{"Fetch_1", "Load_1"});
    CHECK(listed_below(harness, {.family = "Load", .below = "Whole_1"}) ==
          std::vector<std::string>{"Load_1", "Load_2"});
    CHECK(listed_below(harness, {.status = "PENDING", .below = "Whole_1"}).empty());
    CHECK(listed_below(harness, {.below = "Load_3"}) == std::vector<std::string>{"Fetch_2", "Load_3"});
    CHECK(listed_below(harness, {.below = "Never"}).empty());
}

TEST_CASE("the counts and the longest chain of a run outlive its tasks and a restart", "[scheduler][graph]") {
    SchedulerHarness harness = finished_run();
    harness.advance(Seconds(5000));
    harness.prunes();
    harness.advance(Seconds(5000));
    harness.prunes();
    REQUIRE_FALSE(harness.knows("Whole_1"));
    StateMachine restarted({}, 1);
    SavedState saved{.tasks = [](const auto&) {}, .workers = [](const auto&) {}};
    saved.families = harness.machine.take_write_batch().families;
    restarted.restore(saved, harness.now, [](const auto&, const auto&) {});
    for (const StateMachine* machine : {&harness.machine, &restarted}) {
        const RecentRun& run = machine->state().family_stats.families().at("Whole").runs.front();
        CHECK(run.families.at("Load")[static_cast<std::size_t>(Status::done)] == 2);
        CHECK(run.families.size() == 3);
        REQUIRE(run.longest_chain.size() == 3);
        CHECK(run.longest_chain[1] == ChainLink{"Load_2", 30s});
    }
}

TEST_CASE("a run that ended before its root was tried is kept when its tasks are removed", "[scheduler][graph]") {
    SchedulerHarness harness;
    harness.registers("W", "Whole_1", {"Load_1"});
    harness.registers("W", "Load_1");
    REQUIRE(harness.gets("W") == "Load_1");
    harness.fails("W", "Load_1", FailureClass::permanent);
    harness.advance(Seconds(5000));
    harness.prunes();
    harness.advance(Seconds(5000));
    harness.prunes();
    REQUIRE_FALSE(harness.knows("Whole_1"));
    const auto& runs = harness.machine.state().family_stats.families().at("Whole").runs;
    REQUIRE(runs.size() == 1);
    CHECK(runs[0].status == Status::pending);
    CHECK(runs[0].families.at("Load")[static_cast<std::size_t>(Status::failed)] == 1);
}

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/grid.hpp"
#include "dashboard/front_page.hpp"
#include "html_reader.hpp"
#include "sample_scenario.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::dashboard;
using rpc::Status;

namespace {

Grid grid_of(const SchedulerHarness& harness, const GridFilter& filter = {}, std::size_t slice = 50) {
    auto grid = std::make_shared<Grid>();
    GridQuery query(harness.machine.state(), filter, grid, harness.now);
    while (!query.step(harness.machine.state(), scheduler::Budget(slice))) {
    }
    return *grid;
}

std::size_t count(const GridRun& run, const std::string& family, Status status) {
    const auto found = run.families.find(family);
    return found == run.families.end() ? 0 : found->second[static_cast<std::size_t>(status)];
}

void run_one(SchedulerHarness& harness, const std::string& number) {
    harness.registers("W", "Whole_" + number, {"Part_" + number});
    harness.registers("W", "Part_" + number);
    for (const std::string family : {"Part_", "Whole_"}) {
        REQUIRE(harness.gets("W") == family + number);
        harness.advance(scheduler::Seconds(10));
        harness.reports("W", family + number, Status::done);
    }
}

void prune_all(SchedulerHarness& harness) {
    for (int i = 0; i < 2; ++i) {
        harness.advance(scheduler::Seconds(5000));
        harness.prunes();
    }
}

}  // namespace

TEST_CASE("the grid counts the tasks of each cycle by family and state, the newest cycle first", "[dashboard]") {
    const SchedulerHarness harness = sample_scenario();
    for (const std::size_t slice : {std::size_t{1}, std::size_t{100'000}}) {
        const Grid grid = grid_of(harness, {}, slice);
        CHECK(grid.root == "IngestCycle");
        CHECK(grid.roots == std::vector<std::string>{"IngestCycle", "Housekeep"});
        REQUIRE(grid.runs.size() == 2);
        CHECK_THAT(grid.runs[0].root.name, Catch::Contains("2026-08-21T06"));
        CHECK(count(grid.runs[0], "ConvertLead", Status::failed) == 1);
        CHECK(count(grid.runs[0], "FetchLead", Status::failed) == 1);
        CHECK(count(grid.runs[1], "ConvertLead", Status::done) == 12);
        CHECK(grid.families() == std::vector<std::string>{"IngestCycle", "ConvertLead", "FetchLead"});
    }
}

TEST_CASE("a cell of the grid says how many tasks are done, in the colour of the worst, and links to them",
          "[dashboard]") {
    const std::string page = grid_page(grid_of(sample_scenario()));
    const HtmlReader html(page);
    CHECK(html.inside("h1") == "Grid");
    CHECK_THAT(html.text(), Catch::Contains("ConvertLead 4 of 12 12 FetchLead 6 of 12 12"));
    CHECK_THAT(page, Catch::Contains("class=\"cell bad\""));
    CHECK_THAT(page, Catch::Contains("class=\"cell good\""));
    CHECK(std::ranges::count(html.links(), "tasks?family=ConvertLead&below=IngestCycle_2026-08-21T06_0c7a91d3be") == 1);
}

TEST_CASE("the runs of another family of roots are shown on request", "[dashboard]") {
    const Grid grid = grid_of(sample_scenario(), {.root = "Housekeep"});
    REQUIRE(grid.runs.size() == 1);
    CHECK(count(grid.runs[0], "Housekeep", Status::pending) == 1);
}

TEST_CASE("the grid has the runs whose tasks were pruned, beside those that are there", "[dashboard]") {
    SchedulerHarness harness;
    run_one(harness, "1");
    prune_all(harness);
    run_one(harness, "2");
    const Grid grid = grid_of(harness);
    REQUIRE(grid.runs.size() == 2);
    CHECK_FALSE(grid.runs[0].is_removed);
    CHECK(grid.runs[1].is_removed);
    for (const GridRun& run : grid.runs) CHECK(count(run, "Part", Status::done) == 1);
    const HtmlReader html(grid_page(grid));
    CHECK(std::ranges::count(html.links(), "tasks?family=Part&below=Whole_2") == 1);
    CHECK(std::ranges::count(html.links(), "tasks?family=Part&below=Whole_1") == 0);
}

TEST_CASE("the grid shows as many runs as are asked for", "[dashboard]") {
    SchedulerHarness harness;
    for (int i = 0; i < 5; ++i) run_one(harness, std::to_string(i));
    const Grid grid = grid_of(harness, {.runs = 3});
    REQUIRE(grid.runs.size() == 3);
    CHECK(grid.runs[0].root.id == "Whole_4");
}

TEST_CASE("hostile names are text in the grid", "[dashboard]") {
    SchedulerHarness harness;
    harness.add({.worker = "W", .task_id = "<script>alert(1)</script>", .deps = {{"\"><b>"}}, .family = "<i>x"});
    const HtmlReader html(grid_page(grid_of(harness)));
    CHECK(html.each("script") == std::vector<std::string>{""});  // its own
    CHECK(html.elements().count("i") == 0);
    CHECK(html.elements().count("b") == 0);
    CHECK_THAT(html.text(), Catch::Contains("(not registered)"));
}

TEST_CASE("the JSON of the grid has what its page shows", "[dashboard]") {
    const Json json = grid_json(grid_of(sample_scenario()));
    CHECK(json.at("root").as_string() == "IngestCycle");
    const Json run = json.at("runs").as_array()[0];
    CHECK(run.at("families").at("ConvertLead").at("FAILED").as_integer() == 1);
    CHECK(run.at("is_removed").as_bool() == false);
}

TEST_CASE("the grid and the overview have one word for the state of a run", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "Whole_1", {"Part_1", "Other_1"});
    harness.registers("W", "Part_1");
    harness.add({.worker = "W", .task_id = "Other_1", .runnable = false, .family = "Other"});
    const auto words = [&] {
        const Json grid = grid_json(grid_of(harness));
        const Json overview = overview_json(take_snapshot(harness.machine.state(), harness.now), {});
        const auto label = [](const Json& run) { return run.at("label").as_string(); };
        return std::pair(
            label(grid.at("runs").as_array().at(0)),
            label(overview.at("recent_runs").at("items").as_array().at(0).at("runs").at("items").as_array().at(0)));
    };
    CHECK(words() == std::pair<std::string, std::string>("NOT READY", "NOT READY"));
    harness.gets("W");
    CHECK(words() == std::pair<std::string, std::string>("RUNNING", "RUNNING"));
    harness.fails("W", "Part_1", FailureClass::not_ready);
    CHECK(words() == std::pair<std::string, std::string>("NOT READY", "NOT READY"));
    harness.advance(scheduler::Seconds(5000));
    harness.gets("W");
    harness.fails("W", "Part_1", FailureClass::permanent);
    CHECK(words() == std::pair<std::string, std::string>("BLOCKED", "BLOCKED"));
}

TEST_CASE("an empty scheduler has an empty grid", "[dashboard]") {
    CHECK_THAT(grid_page(grid_of(SchedulerHarness())), Catch::Contains("No run is known."));
}

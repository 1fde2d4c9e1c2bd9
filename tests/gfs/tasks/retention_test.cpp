// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/retention.hpp"

#include "support/temp_dir.hpp"

#include "freshet/json.hpp"
#include "freshet/target.hpp"

#include <catch2/catch.hpp>

#include <set>

using freshet::LocalTarget;
using freshet::test::TempDir;
using namespace std::chrono_literals;

namespace {

namespace files = std::filesystem;

freshet::Time now() { return std::chrono::file_clock::to_sys(files::file_time_type::clock::now()); }

void add(const TempDir& dataset, const std::string& cycle, const std::string& revision = "r1",
         const std::string& leads = "0-2") {
    LocalTarget(dataset.path() / cycle / revision / "f000.nc").write("data");
    LocalTarget(dataset.path() / cycle / revision / ("gfs." + leads + ".event.json")).write("{}");
}

void add_incomplete(const TempDir& dataset, const std::string& cycle) {
    LocalTarget(dataset.path() / cycle / "r1" / "f000.nc").write("data");
}

void update_latest_link(const TempDir& dataset, const std::string& cycle) {
    files::create_directory_symlink(cycle + "/r1", dataset.path() / "latest");
}

std::set<std::string> cycles(const TempDir& dataset) {
    std::set<std::string> found;
    for (const auto& entry : files::directory_iterator(dataset.path()))
        if (entry.path().filename().string().starts_with("20")) found.insert(entry.path().filename().string());
    return found;
}

using Cycles = std::set<std::string>;

}  // namespace

TEST_CASE("the newest complete cycles are kept, older ones are removed with all revisions", "[gfs]") {
    const TempDir dataset;
    for (const char* cycle : {"2026-08-20T18", "2026-08-21T00", "2026-08-21T06"}) add(dataset, cycle);
    add(dataset, "2026-08-20T18", "r2");
    const auto messages = gfs::remove_old_cycles(dataset.path(), "0-2", 2, now());
    CHECK(cycles(dataset) == Cycles{"2026-08-21T00", "2026-08-21T06"});
    REQUIRE(messages.size() == 1);
    CHECK_THAT(messages[0],
               Catch::Contains("removed cycle 2026-08-20T18") && Catch::Contains("2 newer cycles are complete"));
}

TEST_CASE("a cycle is removed with a link in it whose file is gone", "[gfs]") {
    const TempDir dataset;
    for (const char* cycle : {"2026-08-21T00", "2026-08-21T06"}) add(dataset, cycle);
    files::create_symlink("gone.nc", dataset.path() / "2026-08-21T00/r1/gfs.nc");
    CHECK(gfs::remove_old_cycles(dataset.path(), "0-2", 1, now()).size() == 1);
    CHECK(cycles(dataset) == Cycles{"2026-08-21T06"});
}

TEST_CASE("nothing is removed for --keep-cycles 0 or from a missing dataset", "[gfs]") {
    const TempDir dataset;
    add(dataset, "2026-08-20T18");
    CHECK(gfs::remove_old_cycles(dataset.path(), "0-2", 0, now()).empty());
    CHECK(gfs::remove_old_cycles(dataset.path() / "absent", "0-2", 1, now()).empty());
    CHECK(cycles(dataset).size() == 1);
}

TEST_CASE("the cycle that latest points to is never removed", "[gfs]") {
    const TempDir dataset;
    for (const char* cycle : {"2026-08-21T00", "2026-08-21T06", "2026-08-21T12"}) add(dataset, cycle);
    update_latest_link(dataset, "2026-08-21T00");
    gfs::remove_old_cycles(dataset.path(), "0-2", 1, now());
    CHECK(cycles(dataset) == Cycles{"2026-08-21T00", "2026-08-21T12"});
}

TEST_CASE("an incomplete cycle does not count, and is kept while it may be in progress", "[gfs]") {
    const TempDir dataset;
    add(dataset, "2026-08-21T06");
    add_incomplete(dataset, "2026-08-21T12");
    add_incomplete(dataset, "2026-08-21T00");
    gfs::remove_old_cycles(dataset.path(), "0-2", 1, now());
    CHECK(cycles(dataset) == Cycles{"2026-08-21T00", "2026-08-21T06", "2026-08-21T12"});
    gfs::remove_old_cycles(dataset.path(), "0-2", 1, now() + 25h);
    CHECK(cycles(dataset) == Cycles{"2026-08-21T06", "2026-08-21T12"});
}

TEST_CASE("a cycle that is complete for other leads does not count, and is removed when it is old", "[gfs]") {
    const TempDir dataset;
    for (const char* cycle : {"2026-08-21T00", "2026-08-21T06"}) add(dataset, cycle);
    for (const char* cycle : {"2026-08-20T18", "2026-08-21T12", "2026-08-21T18"}) add(dataset, cycle, "r1", "10-2");
    gfs::remove_old_cycles(dataset.path(), "0-2", 2, now());
    CHECK(cycles(dataset) == Cycles{"2026-08-21T00", "2026-08-21T06", "2026-08-21T12", "2026-08-21T18"});
}

TEST_CASE("a cycle that an undelivered event names is kept for a week, and all others are removed", "[gfs]") {
    const TempDir dataset;
    for (const char* cycle : {"2026-08-20T18", "2026-08-21T00", "2026-08-21T06"}) add(dataset, cycle);
    const std::string name = dataset.path().filename().string();
    const auto event_of = [](const std::string& of_dataset, const char* cycle) {
        return freshet::UndeliveredEvent{
            .event = {.id = "e",
                      .source = "/freshet/gfs",
                      .type = "completed",
                      .subject = "",
                      .key = of_dataset,
                      .data = freshet::Json::Object{{"dataset", of_dataset}, {"cycle", cycle}}},
            .sink = "kafka b:1 t",
            .stored = now() - std::chrono::hours(24)};
    };
    const std::vector undelivered{event_of(name, "2026-08-20T18"), event_of("gfs.other", "2026-08-21T00")};
    const auto messages = gfs::remove_old_cycles(dataset.path(), "0-2", 1, now(), undelivered);
    CHECK(cycles(dataset) == Cycles{"2026-08-20T18", "2026-08-21T06"});
    REQUIRE(messages.size() == 2);
    CHECK_THAT(messages[0], Catch::StartsWith("kept 1 old cycle for undelivered events, at most 7 days: 2026-08-20T18 "
                                              "(event 'e', which kafka b:1 t lacks since "));
    const auto later = gfs::remove_old_cycles(dataset.path(), "0-2", 1, now() + 24h * 7, undelivered);
    CHECK(cycles(dataset) == Cycles{"2026-08-21T06"});
    REQUIRE(later.size() == 1);
    CHECK_THAT(later[0], Catch::Contains("despite event 'e', which kafka b:1 t lacks since "));
}

TEST_CASE("each removed cycle is recorded with time and reason", "[gfs]") {
    const TempDir dataset;
    add(dataset, "2026-08-21T00");
    add(dataset, "2026-08-21T06");
    gfs::remove_old_cycles(dataset.path(), "0-2", 1, now());
    const auto line = freshet::Json::parse(LocalTarget(dataset.path() / "removed.jsonl").read());
    CHECK(line.at("cycle").as_string() == "2026-08-21T00");
    CHECK(line.at("files").as_integer() == 2);
    CHECK(line.at("bytes").as_integer() == 6);
    CHECK(line.at("why").as_string() == "1 newer cycles are complete");
}

TEST_CASE("an interrupted removal is completed by the next run", "[gfs]") {
    const TempDir dataset;
    add(dataset, "2026-08-21T06");
    LocalTarget(dataset.path() / ".removed" / "2026-08-21T00" / "r1" / "gfs.0-2.event.json").write("{}");
    CHECK(gfs::remove_old_cycles(dataset.path(), "0-2", 1, now()).empty());
    CHECK(cycles(dataset) == Cycles{"2026-08-21T06"});
    CHECK_FALSE(files::exists(dataset.path() / ".removed"));
}

TEST_CASE("other folders are left alone", "[gfs]") {
    const TempDir dataset;
    add(dataset, "2026-08-21T06");
    add(dataset, "2026-08-21T12");
    LocalTarget(dataset.path() / "notes" / "read.me").write("mine");
    gfs::remove_old_cycles(dataset.path(), "0-2", 1, now());
    CHECK(files::exists(dataset.path() / "notes" / "read.me"));
}

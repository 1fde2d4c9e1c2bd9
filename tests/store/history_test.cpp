// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/history.hpp"

#include "store/tables.hpp"
#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace store = freshet::store;
using freshet::test::FakeClock;
using store::History;
using store::HistoryRow;
using store::RunRow;
using store::StateFile;
using store::StateTables;
using namespace std::chrono_literals;

namespace {

HistoryRow change(std::chrono::seconds after, const std::string& id, const std::string& status) {
    return {.at = FakeClock::start + after, .task_id = id, .status = status, .worker = "w", .detail = "because"};
}

RunRow run(std::chrono::seconds after, const std::string& id) {
    return {.run_id = id,
            .started = FakeClock::start + after,
            .program = "gfs",
            .command = "gfs run IngestCycle",
            .host = "alpha",
            .pid = 7};
}

}  // namespace

TEST_CASE("the changes of a task are listed oldest first, without those of others", "[store]") {
    auto state = StateFile::in_memory();
    StateTables tables(state);
    tables.add_history(change(0s, "a", "PENDING"));
    tables.add_history(change(1s, "b", "PENDING"));
    tables.add_history(change(2s, "a", "RUNNING"));
    CHECK(History(state).changes_of("a") == std::vector{change(0s, "a", "PENDING"), change(2s, "a", "RUNNING")});
    CHECK(History(state).changes_of("c").empty());
}

TEST_CASE("runs are listed newest first with exit code and summary", "[store]") {
    auto state = StateFile::in_memory();
    StateTables tables(state);
    tables.start_run(run(0s, "first"));
    tables.end_run("first", FakeClock::start + 9s, 20, "2 tasks failed");
    tables.start_run(run(60s, "second"));

    History history(state);
    auto first = run(0s, "first");
    first.ended = FakeClock::start + 9s;
    first.exit_code = 20;
    first.summary = "2 tasks failed";
    CHECK(history.runs(10) == std::vector{run(60s, "second"), first});
    CHECK(history.runs(1) == std::vector{run(60s, "second")});
    CHECK(history.run("first") == first);
    CHECK_FALSE(history.run("third"));
}

TEST_CASE("tasks are found by id and by family, the last changed first", "[store]") {
    auto state = StateFile::in_memory();
    StateTables tables(state);
    std::vector<store::TaskRow> rows;
    for (const auto* id : {"a", "b", "c"}) {
        rows.push_back({.task_id = id,
                        .family = std::string(id) == "c" ? "Other" : "Download",
                        .params = "{}",
                        .status = "DONE",
                        .updated = FakeClock::start + std::chrono::seconds(rows.size()),
                        .record = "{}"});
        tables.upsert_task(rows.back());
    }
    History history(state);
    CHECK(history.task("b") == rows[1]);
    CHECK_FALSE(history.task("z"));
    CHECK(history.tasks_of_family("Download", 10) == std::vector{rows[1], rows[0]});
}

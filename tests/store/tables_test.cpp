// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/tables.hpp"

#include "store/history.hpp"
#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace store = freshet::store;
using freshet::test::FakeClock;
using store::Durability;
using store::StateFile;
using store::StateTables;
using namespace std::chrono_literals;

namespace {

store::TaskRow task(const std::string& id, const std::string& status = "PENDING") {
    return {.task_id = id,
            .family = "Download",
            .params = R"({"lead":"6"})",
            .status = status,
            .updated = FakeClock::start,
            .record = "{\"id\":\"" + id + "\"}"};
}

store::AttemptRow attempt(const std::string& id, const std::string& worker = "w1") {
    return {.run_id = "run", .task_id = id, .number = 1, .worker = worker, .started = FakeClock::start};
}

std::vector<store::TaskRow> tasks_in(StateTables& tables) {
    std::vector<store::TaskRow> rows;
    tables.load_tasks([&](store::TaskRow&& row) { rows.push_back(std::move(row)); });
    return rows;
}

}  // namespace

TEST_CASE("tasks are loaded as last written, in the order of their first write", "[store]") {
    auto state = StateFile::in_memory();
    StateTables tables(state);
    auto transaction = state.begin();
    for (const auto* id : {"b", "a", "c"}) tables.upsert_task(task(id));
    tables.upsert_task(task("b", "DONE"));
    tables.remove_task("a");
    transaction.commit(Durability::crash);
    CHECK(tasks_in(tables) == std::vector{task("b", "DONE"), task("c")});
}

TEST_CASE("a batch that was rolled back can be retried", "[store]") {
    auto state = StateFile::in_memory();
    StateTables tables(state);
    for (const bool disk_is_full : {true, false}) {
        auto transaction = state.begin();
        tables.upsert_task(task("a"));
        tables.start_attempt(attempt("a"));
        if (!disk_is_full) transaction.commit(Durability::crash);
    }
    CHECK(tasks_in(tables).size() == 1);
    CHECK(store::History(state).attempts_of("a").size() == 1);
}

TEST_CASE("workers and meta values are stored by name", "[store]") {
    auto state = StateFile::in_memory();
    StateTables tables(state);
    tables.upsert_worker({.worker_id = "w1", .record = "{}"});
    tables.upsert_worker({.worker_id = "w1", .record = "{\"tasks\":2}"});
    tables.upsert_worker({.worker_id = "w2", .record = "{}"});
    tables.remove_worker("w2");
    std::vector<store::WorkerRow> workers;
    tables.load_workers([&](store::WorkerRow&& row) { workers.push_back(std::move(row)); });
    CHECK(workers == std::vector{store::WorkerRow{.worker_id = "w1", .record = "{\"tasks\":2}"}});

    CHECK_FALSE(tables.meta("paused"));
    tables.set_meta("paused", "yes");
    CHECK(tables.meta("paused") == "yes");
}

TEST_CASE("an attempt is ended by its own worker and only once", "[store]") {
    auto state = StateFile::in_memory();
    StateTables tables(state);
    tables.start_attempt(attempt("a", "w1"));
    const store::AttemptEnd end{.task_id = "a",
                                .worker = "w1",
                                .ended = FakeClock::start + 5s,
                                .status = "FAILED",
                                .failure_class = "transient",
                                .message = "connection refused"};
    auto of_another = end;
    of_another.worker = "w2";
    CHECK_FALSE(tables.end_attempt(of_another));
    CHECK(tables.end_attempt(end));
    CHECK_FALSE(tables.end_attempt(end));

    auto expected = attempt("a", "w1");
    expected.ended = end.ended;
    expected.status = end.status;
    expected.failure_class = end.failure_class;
    expected.message = end.message;
    CHECK(store::History(state).attempts_of("a") == std::vector{expected});
}

TEST_CASE("the attempts that a dead run left running are ended as lost", "[store]") {
    auto state = StateFile::in_memory();
    StateTables tables(state);
    tables.start_attempt(attempt("a"));
    tables.start_attempt(attempt("b"));
    tables.end_attempt({.task_id = "b", .worker = "w1", .ended = FakeClock::start, .status = "DONE"});
    CHECK(tables.end_lost_attempts("another", FakeClock::start + 1h, "its worker was killed") == 0);
    CHECK(tables.end_lost_attempts(attempt("a").run_id, FakeClock::start + 1h, "its worker was killed") == 1);
    const auto lost = store::History(state).attempts_of("a").at(0);
    CHECK(lost.status == "LOST");
    CHECK(lost.message == "its worker was killed");
    CHECK(store::History(state).attempts_of("b").at(0).status == "DONE");
}

TEST_CASE("retention removes what has ended and keeps what is running", "[store]") {
    auto state = StateFile::in_memory();
    StateTables tables(state);
    tables.upsert_task(task("a"));
    tables.start_attempt(attempt("a", "over"));
    tables.end_attempt({.task_id = "a", .worker = "over", .ended = FakeClock::start + 1s, .status = "DONE"});
    tables.start_attempt(attempt("a", "running"));
    tables.add_history({.at = FakeClock::start, .task_id = "a", .status = "PENDING"});
    tables.add_history({.at = FakeClock::start + 2h, .task_id = "a", .status = "RUNNING"});
    tables.prune_history(FakeClock::start + 1h, 100);

    store::History history(state);
    CHECK(tasks_in(tables).size() == 1);
    REQUIRE(history.attempts_of("a").size() == 1);
    CHECK(history.attempts_of("a").at(0).worker == "running");
    REQUIRE(history.changes_of("a").size() == 1);
    CHECK(history.changes_of("a").at(0).status == "RUNNING");
}

TEST_CASE("only the lost attempt of a worker goes on, and only its last", "[store]") {
    auto state = StateFile::in_memory();
    store::StateTables tables(state);
    for (const char* worker : {"w1", "w1", "w2"}) {
        tables.start_attempt(attempt("a", worker));
        tables.end_attempt({.task_id = "a", .worker = worker, .ended = FakeClock::start + 1s, .status = "LOST"});
    }
    tables.start_attempt(attempt("a", "w3"));
    tables.end_attempt({.task_id = "a", .worker = "w3", .ended = FakeClock::start + 1s, .status = "DONE"});
    tables.resume_attempt("a", "w1");
    tables.resume_attempt("a", "w3");
    const auto attempts = store::History(state).attempts_of("a");
    std::vector<std::string> found;
    for (const auto& one : attempts) found.push_back(one.status + (one.ended ? "" : "..."));
    CHECK(found == std::vector<std::string>{"LOST", "RUNNING...", "LOST", "DONE"});
}

TEST_CASE("history can be removed in small batches", "[store]") {
    auto state = StateFile::in_memory();
    store::StateTables tables(state);
    for (int i = 0; i < 5; ++i) tables.add_history({.at = FakeClock::start, .task_id = "a", .status = "PENDING"});
    CHECK(tables.prune_history(FakeClock::start + 1h, 2));
    CHECK(store::History(state).changes_of("a").size() == 3);
    CHECK(tables.prune_history(FakeClock::start + 1h, 2));
    CHECK(tables.prune_history(FakeClock::start + 1h, 2));
    CHECK_FALSE(tables.prune_history(FakeClock::start + 1h, 2));
    CHECK(store::History(state).changes_of("a").empty());
}

TEST_CASE("retention terminates for any number of rows in each table", "[store]") {
    for (int count = 0; count <= 8; ++count) {
        auto state = StateFile::in_memory();
        store::StateTables tables(state);
        for (int i = 0; i < 5; ++i) tables.add_history({.at = FakeClock::start, .task_id = "a", .status = "PENDING"});
        for (int i = 0; i < count; ++i) {
            tables.start_attempt(attempt("a"));
            tables.end_attempt({.task_id = "a", .worker = "w1", .ended = FakeClock::start + 1s, .status = "DONE"});
        }
        int steps = 0;
        while (tables.prune_history(FakeClock::start + 1h, 2) && ++steps < 100) {
        }
        CHECK(steps < 10);
        CHECK(store::History(state).changes_of("a").empty());
        CHECK(store::History(state).attempts_of("a").empty());
    }
}

TEST_CASE("rows from a wrong clock do not prevent the removal of later ones", "[store]") {
    auto state = StateFile::in_memory();
    store::StateTables tables(state);
    const auto add = [&](int count, freshet::Time at) {
        for (int i = 0; i < count; ++i) tables.add_history({.at = at, .task_id = "a", .status = "PENDING"});
    };
    const auto left = [&] { return store::History(state).changes_of("a").size(); };
    add(6, FakeClock::start + 90 * 24h);
    add(4, FakeClock::start);
    add(1000, FakeClock::start + 2h);
    int steps = 0;
    while (tables.prune_history(FakeClock::start + 1h, 2)) ++steps;
    CHECK(left() == 1006);
    CHECK(steps < 30);  // it does not read all that is young
    add(4, FakeClock::start);
    while (tables.prune_history(FakeClock::start + 3h, 2)) {
    }
    CHECK(left() == 6);
}

TEST_CASE("a running attempt does not prevent the removal of later ones", "[store]") {
    auto state = StateFile::in_memory();
    store::StateTables tables(state);
    tables.start_attempt(attempt("a", "running"));
    for (const char* worker : {"w1", "w2", "w3"}) {
        tables.start_attempt(attempt("a", worker));
        tables.end_attempt({.task_id = "a", .worker = worker, .ended = FakeClock::start + 1s, .status = "DONE"});
    }
    while (tables.prune_history(FakeClock::start + 1h, 2)) {
    }
    const auto left = store::History(state).attempts_of("a");
    REQUIRE(left.size() == 1);
    CHECK(left[0].worker == "running");
}

TEST_CASE("a run whose process died ends without an exit code", "[store]") {
    auto state = StateFile::in_memory();
    store::StateTables tables(state);
    const auto run = [](const char* id, freshet::Time started) {
        return store::RunRow{.run_id = id, .started = started, .program = "p", .command = "c", .host = "h"};
    };
    tables.start_run(run("ended", FakeClock::start));
    tables.end_run("ended", FakeClock::start + 1h, 0, "done");
    tables.start_run(run("lost", FakeClock::start + 2h));
    CHECK(tables.open_runs() == std::vector<std::string>{"lost"});
    tables.end_run("lost", FakeClock::start + 3h, std::nullopt, "died");
    CHECK(tables.open_runs().empty());
    const auto runs = store::History(state).runs(2);
    CHECK(runs.at(0).ended == FakeClock::start + 3h);
    CHECK(runs.at(0).summary == "died");
    CHECK_FALSE(runs.at(0).exit_code);
    CHECK(runs.at(1).summary == "done");
}

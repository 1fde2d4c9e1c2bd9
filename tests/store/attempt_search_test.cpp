// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/attempt_search.hpp"

#include "store/tables.hpp"
#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace freshet;
using namespace freshet::store;
using freshet::test::FakeClock;
using namespace std::chrono_literals;

namespace {

void add(StateTables& tables, std::chrono::seconds start, const std::string& task, const std::string& status = "DONE",
         const std::string& message = "") {
    const Time started = FakeClock::start + start;
    tables.start_attempt({.run_id = "R", .task_id = task, .worker = "W", .started = started});
    if (status != "RUNNING")
        tables.end_attempt(
            {.task_id = task, .worker = "W", .ended = started + 1s, .status = status, .message = message});
}

std::vector<std::string> ids(const AttemptPage& page) {
    std::vector<std::string> all;
    for (const AttemptRow& attempt : page.attempts) all.push_back(attempt.task_id);
    return all;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("attempts are found by family, part of the id, state, message and time, newest first", "[store]") {
    auto state = StateFile::in_memory();
    StateTables tables(state);
    add(tables, 0s, "Load_2026_08_21_1", "FAILED", "Connection REFUSED by peer");
    add(tables, 10s, "Load_2026_08_22_2");
    add(tables, 20s, "Loader_2026_08_22_3", "FAILED", "no room");
    add(tables, 30s, "Load_2026_08_22_4", "RUNNING");
    AttemptSearch search(state);
    const auto found = [&](AttemptFilter filter) { return ids(search.find(filter, 100)); };
    CHECK(found({}) == Ids{"Load_2026_08_22_4", "Loader_2026_08_22_3", "Load_2026_08_22_2", "Load_2026_08_21_1"});
    CHECK(found({.family = "Load"}) == Ids{"Load_2026_08_22_4", "Load_2026_08_22_2", "Load_2026_08_21_1"});
    CHECK(found({.family = "Load", .text = "08_21"}) == Ids{"Load_2026_08_21_1"});
    CHECK(found({.status = "FAILED"}) == Ids{"Loader_2026_08_22_3", "Load_2026_08_21_1"});
    CHECK(found({.error = "connection refused"}) == Ids{"Load_2026_08_21_1"});
    CHECK(found({.since = FakeClock::start + 10s, .until = FakeClock::start + 20s}) == Ids{"Load_2026_08_22_2"});
    CHECK(found({.text = "%"}).empty());
}

TEST_CASE("each attempt is on one page, and the last page has no next one", "[store]") {
    auto state = StateFile::in_memory();
    StateTables tables(state);
    for (int i = 0; i < 25; ++i) add(tables, std::chrono::seconds(i), "Load_" + std::to_string(i));
    AttemptSearch search(state);
    AttemptFilter filter;
    Ids all;
    for (;;) {
        const AttemptPage page = search.find(filter, 10);
        for (const std::string& id : ids(page)) all.push_back(id);
        if (!page.next) break;
        filter.before = page.next;
    }
    CHECK(all.size() == 25);
    CHECK(all.front() == "Load_24");
    CHECK(all.back() == "Load_0");
}

TEST_CASE("a search that began too late in time ends where nothing can match any more", "[store]") {
    auto state = StateFile::in_memory();
    StateTables tables(state);
    for (int i = 0; i < 5000; ++i) add(tables, std::chrono::minutes(i), "Load_" + std::to_string(i));
    const AttemptPage page = AttemptSearch(state).find({.since = FakeClock::start + 4990min}, 100);
    CHECK(page.attempts.size() == 10);
    CHECK_FALSE(page.next);
}

TEST_CASE("the newest attempts are listed with their times, oldest first", "[store]") {
    auto state = StateFile::in_memory();
    StateTables tables(state);
    for (int i = 0; i < 5; ++i) add(tables, std::chrono::seconds(i), "Load_" + std::to_string(i));
    const auto newest = AttemptSearch(state).newest(2);
    REQUIRE(newest.size() == 2);
    CHECK(newest[0].task_id == "Load_3");
    CHECK(newest[1].ended == FakeClock::start + 5s);
}

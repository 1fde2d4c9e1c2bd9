// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/page/snapshot.hpp"
#include "sample.hpp"
#include "scheduler/page/bounds.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <numeric>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::scheduler::page;
using scheduler::Seconds;
using wire::Status;

namespace {

Snapshot seen(const Conversation& talk) { return take_snapshot(talk.state.board(), talk.now); }

void fails(Conversation& talk, const std::string& task, const std::string& why, FailureClass failure) {
    talk.registers("W", task);
    REQUIRE(talk.gets("W") == task);
    auto report = Conversation::report("W", task, Status::failed);
    report.expl = Json(why).text();
    report.failure = wire::Failure{failure, std::chrono::seconds(600)};
    talk.add(std::move(report));
}

}  // namespace

TEST_CASE("of an empty scheduler there is nothing to see", "[page]") {
    const Snapshot snapshot = seen(Conversation());
    CHECK(snapshot.total == 0);
    CHECK(snapshot.roots.total == 0);
    CHECK(snapshot.workers.total == 0);
}

TEST_CASE("what runs longest comes first", "[page]") {
    Conversation talk;
    for (const char* task : {"A", "B", "C"}) {
        talk.registers(std::string("W") + task, task);
        talk.gets(std::string("W") + task);
        talk.pass(Seconds(10));
    }
    const auto running = seen(talk).running;
    REQUIRE(running.total == 3);
    CHECK(running.items[0].task.id == "A");
    CHECK(running.items[0].worker == "WA");
    CHECK(running.items[2].task.id == "C");
}

TEST_CASE("a failure is told with its message and what waits for it", "[page]") {
    Conversation talk;
    talk.registers("W", "Whole", {"Half"});
    talk.registers("W", "Half", {"Part"});
    fails(talk, "Part", "disk on fire", FailureClass::permanent);
    const auto failed = seen(talk).failed;
    REQUIRE(failed.items.size() == 1);
    CHECK(failed.items[0].task.id == "Part");
    CHECK(failed.items[0].why ==
          "failed at attempt 1 at 2026-08-21T06:00:00Z: disk on fire; it is not tried again in "
          "this run");
    CHECK(failed.items[0].holds_up.number == 2);
    CHECK_FALSE(failed.items[0].is_tried_again);
}

TEST_CASE("failures of one family share a line, the newest speaks", "[page]") {
    Conversation talk;
    fails(talk, "Load_1", "first", FailureClass::permanent);
    talk.pass(Seconds(5));
    fails(talk, "Load_2", "second", FailureClass::permanent);
    const auto failed = seen(talk).failed;
    REQUIRE(failed.total == 1);
    CHECK(failed.items[0].task.id == "Load_2");
    CHECK(failed.items[0].alike == 1);
}

TEST_CASE("what is not there yet is late, not wrong", "[page]") {
    Conversation talk;
    fails(talk, "Load_1", "no such file", FailureClass::not_yet);
    const Snapshot snapshot = seen(talk);
    CHECK(snapshot.failed.total == 0);
    REQUIRE(snapshot.late.items.size() == 1);
    CHECK(snapshot.late.items[0].why ==
          "is not possible yet, as tried at 2026-08-21T06:00:00Z: no such file; to be tried again at 06:10:00Z");
}

TEST_CASE("of a traceback the last line is the message", "[page]") {
    Conversation talk;
    fails(talk, "Load_1", "Runtime error:\nTraceback (most recent call last):\n  File \"x.py\"\nValueError: no\n",
          FailureClass::permanent);
    CHECK(seen(talk).failed.items[0].why.find("ValueError: no;") != std::string::npos);
}

TEST_CASE("a task whose worker was lost says so", "[page]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.gets("W");
    talk.pass(Seconds(61));
    talk.prunes();
    CHECK(seen(talk).failed.items[0].why.find(": its worker was lost; to be tried again at") != std::string::npos);
}

TEST_CASE("tasks that could run say what they wait for", "[page]") {
    scheduler::Config config;
    config.resources = {{"db", 2}};
    Conversation talk(config);
    const auto needs = [&](const char* task, std::int64_t amount) {
        talk.add({.worker = "W", .task_id = task, .resources = {{"db", amount}}, .family = "F"});
    };
    needs("A", 2);
    talk.gets("W");
    needs("B", 1);
    needs("C", 3);
    std::map<std::string, bool> whys;
    for (const Queue& queue : seen(talk).queues) whys[queue.why] = queue.takes_an_operator;
    CHECK(whys == std::map<std::string, bool>{{"waits for 'db': 2 of 2 in use, and it needs 1", false},
                                              {"can never run: it needs 3 of 'db', of which there are 2", true}});
}

TEST_CASE("a rate shows what went out within the last minute, whatever runs", "[page]") {
    scheduler::Config config;
    config.resources = {{"server", 3}, {"db", 2}};
    config.rates = {"server"};
    Conversation talk(config);
    talk.add({.worker = "W", .task_id = "A", .resources = {{"server", 3}, {"db", 1}}, .family = "F"});
    talk.gets("W");
    talk.reports("W", "A", Status::done);
    const auto lines = seen(talk).resources.items;
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].name == "server");
    CHECK(lines[0].used == 3);
    CHECK(lines[0].is_rate);
    CHECK(lines[1].used == 0);
    talk.pass(Seconds(61));
    for (const ResourceLine& line : seen(talk).resources.items) CHECK(line.used == 0);
}

TEST_CASE("a task that nobody can run any more needs an operator", "[page]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.say(wire::DisableWorker{"W"});
    const auto queues = seen(talk).queues;
    REQUIRE(queues.size() == 1);
    CHECK(queues[0].why == "could run, but the workers that offered to run it are gone");
    CHECK(queues[0].takes_an_operator);
}

TEST_CASE("a run is counted with all that it requires, and names what holds it up", "[page]") {
    const Conversation talk = sample_night();
    const auto roots = seen(talk).roots;
    REQUIRE(roots.items.size() == 2);
    const RootFamily& ingest = roots.items[1].name == "IngestCycle" ? roots.items[1] : roots.items[0];
    REQUIRE(ingest.runs.items.size() == 2);
    const Run& run = ingest.runs.items[0];
    CHECK(run.task.name == "IngestCycle(cycle=2026-08-21T06)");
    REQUIRE(run.counts);
    CHECK(std::accumulate(run.counts->begin(), run.counts->end(), std::size_t{0}) == 25);
    CHECK(run.stuck == 1);
    CHECK(run.why.find("waits for ") == 0);
    CHECK(run.why.find("message 214 is cut off") != std::string::npos);
    CHECK(ingest.runs.items[1].task.status == Status::done);
    CHECK(ingest.last_success == ingest.runs.items[1].ended);
}

TEST_CASE("a run whose tasks are forgotten is remembered", "[page]") {
    Conversation talk;
    talk.registers("W", "Whole_1");
    talk.gets("W");
    talk.pass(Seconds(10));
    talk.reports("W", "Whole_1", Status::done);
    for (const double seconds : {61, 601}) {
        talk.pass(Seconds(seconds));
        talk.prunes();
    }
    REQUIRE_FALSE(talk.knows("Whole_1"));
    const auto roots = seen(talk).roots;
    REQUIRE(roots.total == 1);
    REQUIRE(roots.items[0].runs.items.size() == 1);
    CHECK(roots.items[0].runs.items[0].task.id == "Whole_1");
    CHECK_FALSE(roots.items[0].runs.items[0].counts);
}

TEST_CASE("however much there is, a snapshot stays small, and says how much it left out", "[page]") {
    Conversation talk;
    constexpr int tasks = 30'000;
    for (int i = 0; i < tasks; ++i) {
        const std::string id = "F" + std::to_string(i % 200) + "_" + std::to_string(i);
        talk.registers("W" + std::to_string(i % 300), id);
        if (i % 5 == 0) talk.reports("W0", id, i % 10 == 0 ? Status::failed : Status::disabled);
        if (i % 7 == 0) talk.gets("W" + std::to_string(i % 300));
    }
    const Snapshot snapshot = seen(talk);
    CHECK(snapshot.total == tasks);
    CHECK(snapshot.failed.items.size() <= most_stuck);
    CHECK(snapshot.failed.total > snapshot.failed.items.size());
    CHECK_FALSE(snapshot.all_stuck_seen);
    CHECK(snapshot.running.items.size() == most_running);
    CHECK(snapshot.roots.items.size() == most_root_families);
    CHECK(snapshot.roots.total == 200);
    CHECK(snapshot.roots.items[0].runs.items.size() == most_runs);
    CHECK(snapshot.workers.items.size() == most_workers);
    CHECK(snapshot.workers.total == 300);
    CHECK(snapshot.families.items.size() == most_families);
}

TEST_CASE("a chain of tasks is counted no further than a limit", "[page]") {
    Conversation talk;
    for (int i = 0; i < 7'000; ++i) talk.registers("W", "T_" + std::to_string(i), {"T_" + std::to_string(i + 1)});
    const auto roots = seen(talk).roots;
    REQUIRE(roots.items[0].runs.items.size() == 1);
    const Run& run = roots.items[0].runs.items[0];
    CHECK_FALSE(run.is_complete);
    CHECK(std::accumulate(run.counts->begin(), run.counts->end(), std::size_t{0}) == most_of_a_run);
}

TEST_CASE("names and messages of any length are cut", "[page]") {
    Conversation talk;
    const std::string huge(1'000'000, 'x');
    talk.add({.worker = "W", .task_id = "A", .family = huge, .params = {{"p", huge}}});
    talk.gets("W");
    talk.say(wire::SetTaskStatusMessage{"A", huge});
    const Snapshot snapshot = seen(talk);
    CHECK(snapshot.running.items[0].task.name.size() <= longest_text);
    CHECK(snapshot.running.items[0].message.size() <= longest_text);
    CHECK(snapshot.families.items[0].name.size() <= longest_text);
}

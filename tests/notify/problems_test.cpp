// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "notify/problems.hpp"

#include "scheduler/scheduler_harness.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace freshet;
using namespace freshet::notify;
using freshet::test::SchedulerHarness;
using rpc::Status;
using scheduler::Seconds;

namespace {

using Names = std::vector<std::string>;

/// A scheduler, and somebody who is told of its problems.
struct Told : SchedulerHarness {
    explicit Told(ProblemFilter wanted = {})
        : SchedulerHarness({.retry_delay = Seconds(10)}), filter(std::move(wanted)) {}

    ProblemChanges compare() {
        auto changes = compare_problems(open, machine.state(), disk, filter, now);
        open = changes.open;
        return changes;
    }
    /// Returns the problems that begin, as "A_1 failed".
    Names begun() {
        Names names;
        for (const Problem& problem : compare().begun)
            names.push_back(problem.id + " " + std::string(text(problem.state)));
        return names;
    }
    Names recovered() {
        Names names;
        for (const Problem& problem : compare().recovered) names.push_back(problem.id);
        return names;
    }
    bool has_news() {
        const auto changes = compare();
        return !changes.begun.empty() || !changes.recovered.empty();
    }
    void fails_for_good(const std::string& task) {
        registers("W", task);
        REQUIRE(gets("W") == task);
        fails("W", task, FailureClass::permanent);
    }
    /// Lets the time pass after which a worker and its tasks are forgotten.
    void forget() {
        for (const double seconds : {61, 601}) {
            advance(Seconds(seconds));
            prunes();
        }
    }

    ProblemFilter filter;
    std::optional<Disk> disk{};
    Problems open{};
};

}  // namespace

TEST_CASE("a task that fails for good is a problem once, until it is done", "[notify]") {
    Told told;
    told.fails_for_good("A_1");
    CHECK(told.begun() == Names{"A_1 failed"});
    CHECK_FALSE(told.has_news());
    told.reports("W", "A_1", Status::done);
    CHECK(told.recovered() == Names{"A_1"});
    CHECK_FALSE(told.has_news());
    CHECK(told.open.empty());
}

TEST_CASE("a failure that is retried is no problem, the third one in a row is", "[notify]") {
    Told told;
    told.registers("W", "A_1");
    for (int failure = 1; failure <= 4; ++failure) {
        REQUIRE(told.gets("W") == "A_1");
        told.reports("W", "A_1", Status::failed);
        CHECK(told.begun() == (failure == 3 ? Names{"A_1 failed"} : Names{}));
        told.advance(Seconds(11));
        told.prunes();
        CHECK_FALSE(told.has_news());
    }
}

TEST_CASE("the full disk of a worker is told once, however often the task is tried, until it is done", "[notify]") {
    Told told;
    told.registers("W", "A_1");
    for (int attempt = 1; attempt <= 3; ++attempt) {
        REQUIRE(told.gets("W") == "A_1");
        CHECK_FALSE(told.has_news());
        told.finds_disk_full("W", "A_1");
        CHECK(told.begun() == (attempt == 1 ? Names{"A_1 disk_full"} : Names{}));
        told.advance(Seconds(11));
        told.prunes();
        CHECK_FALSE(told.has_news());
    }
    REQUIRE(told.gets("W") == "A_1");
    told.reports("W", "A_1", Status::done);
    CHECK(told.recovered() == Names{"A_1"});
}

TEST_CASE("a task that an operator retries is told again when it fails again", "[notify]") {
    Told told;
    told.fails_for_good("A_1");
    CHECK(told.begun() == Names{"A_1 failed"});
    told.send(rpc::ForgiveFailures{.task_id = "A_1"});
    REQUIRE(told.status("A_1") == Status::pending);
    CHECK_FALSE(told.has_news());
    REQUIRE(told.gets("W") == "A_1");
    CHECK_FALSE(told.has_news());
    told.fails("W", "A_1", FailureClass::permanent);
    CHECK(told.begun() == Names{"A_1 failed"});
}

TEST_CASE("an operator's retry that fails is told, however often the task had failed before", "[notify]") {
    Told told;
    told.registers("W", "A_1");
    const auto fail = [&] {
        REQUIRE(told.gets("W") == "A_1");
        told.reports("W", "A_1", Status::failed);
    };
    for (int failure = 1; failure <= 4; ++failure) {
        fail();
        told.compare();
        told.advance(Seconds(11));
        told.prunes();
    }
    fail();
    CHECK_FALSE(told.has_news());
    for (const bool is_seen_between : {true, false}) {
        told.advance(Seconds(1));
        told.send(rpc::ForgiveFailures{.task_id = "A_1"});
        if (is_seen_between) CHECK_FALSE(told.has_news());
        told.advance(Seconds(1));
        fail();
        CHECK(told.begun() == Names{"A_1 failed"});
        CHECK_FALSE(told.has_news());
    }
}

TEST_CASE("a failed task that becomes disabled is told again", "[notify]") {
    Told told;
    told.fails_for_good("A_1");
    CHECK(told.begun() == Names{"A_1 failed"});
    told.reports("W", "A_1", Status::disabled);
    CHECK(told.begun() == Names{"A_1 disabled"});
}

TEST_CASE("an acknowledged failure is over without a recovery", "[notify]") {
    Told told;
    told.fails_for_good("A_1");
    CHECK(told.begun() == Names{"A_1 failed"});
    told.send(rpc::AcknowledgeFailures{.task_id = "A_1"});
    CHECK_FALSE(told.has_news());
    CHECK(told.open.empty());
}

TEST_CASE("the failure of a task that is removed stays one problem, until its root is done in a newer run",
          "[notify]") {
    Told told;
    told.registers("W", "A_1");
    told.registers("W", "Root_1", {"A_1"});
    REQUIRE(told.gets("W") == "A_1");
    told.fails("W", "A_1", FailureClass::permanent);
    CHECK(told.begun() == Names{"A_1 failed"});
    told.forget();
    REQUIRE_FALSE(told.knows("A_1"));
    CHECK_FALSE(told.has_news());
    REQUIRE(told.open.size() == 1);
    CHECK(told.open.begin()->first == "A_1");
    told.registers("V", "Root_1");
    CHECK_FALSE(told.has_news());
    REQUIRE(told.gets("V") == "Root_1");
    told.reports("V", "Root_1", Status::done);
    CHECK(told.recovered() == Names{"A_1"});
}

TEST_CASE("each failure of a removed run ends as what it was told as", "[notify]") {
    Told told;
    for (const auto* task : {"A_1", "A_2", "A_3"}) told.registers("W", task);
    told.registers("W", "Root_1", {"A_1", "A_2", "A_3"});
    for (int task = 0; task < 3; ++task) {
        const std::string failing = told.gets("W");
        told.fails("W", failing, FailureClass::permanent);
        told.advance(Seconds(1));
    }
    CHECK(told.begun() == Names{"A_3 failed", "A_2 failed", "A_1 failed"});
    told.forget();
    REQUIRE_FALSE(told.knows("Root_1"));
    CHECK_FALSE(told.has_news());
    CHECK(told.open.size() == 3);
    told.registers("V", "Root_1", {"A_1"});
    told.registers("V", "A_1");
    CHECK_FALSE(told.has_news());
    REQUIRE(told.gets("V") == "A_1");
    told.reports("V", "A_1", Status::done);
    CHECK(told.recovered() == Names{"A_1"});
    REQUIRE(told.gets("V") == "Root_1");
    told.reports("V", "Root_1", Status::done);
    CHECK(told.recovered() == Names{"A_2", "A_3"});
    CHECK(told.open.empty());
}

TEST_CASE("the reason is the last error, also when the task has been retried since", "[notify]") {
    Told told;
    told.registers("W", "A_1");
    for (int failure = 1; failure <= 3; ++failure) {
        REQUIRE(told.gets("W") == "A_1");
        auto failed = told.report("W", "A_1", Status::failed);
        failed.expl = R"("403 Forbidden")";
        told.add(std::move(failed));
        told.advance(Seconds(11));
        told.prunes();
    }
    REQUIRE(told.gets("W") == "A_1");
    const auto begun = told.compare().begun;
    REQUIRE(begun.size() == 1);
    CHECK_THAT(begun[0].why, Catch::StartsWith("failed 3 times in a row, the last time at 2026-08-21T06:00:22Z: "
                                               "403 Forbidden; now it has been running since"));
}

TEST_CASE("a name leaves out the parameters that the worker said have their default", "[notify]") {
    Told told;
    told.add({.worker = "W",
              .task_id = "A_1",
              .family = "A",
              .params = {{"lead", "2"}, {"mirrors", "a b c"}},
              .name_params = {{"lead"}}});
    REQUIRE(told.gets("W") == "A_1");
    told.fails("W", "A_1", FailureClass::permanent);
    CHECK(told.compare().begun.at(0).name == "A(lead=2)");
}

TEST_CASE("only the families and states of the filter are problems", "[notify]") {
    Told told({.families = {"Ing*"}, .states = {ProblemState::disabled}});
    told.fails_for_good("Ingest_1");
    CHECK_FALSE(told.has_news());
    for (const auto* task : {"Ingest_1", "Other_1"}) {
        told.registers("W", task);
        told.reports("W", task, Status::disabled);
    }
    CHECK(told.begun() == Names{"Ingest_1 disabled"});
}

TEST_CASE("a source that is not ready is late after its time", "[notify]") {
    Told told({.states = {ProblemState::late}, .late_after = std::chrono::hours(1)});
    told.registers("W", "A_1");
    REQUIRE(told.gets("W") == "A_1");
    told.fails("W", "A_1", FailureClass::not_ready, std::chrono::hours(9));
    CHECK_FALSE(told.has_news());
    told.advance(Seconds(3601));
    CHECK(told.begun() == Names{"A_1 late"});
    CHECK_FALSE(told.has_news());
    told.reports("W", "A_1", Status::done);
    CHECK(told.recovered() == Names{"A_1"});
}

TEST_CASE("a worker is lost when it is removed with running tasks, until these run elsewhere", "[notify]") {
    Told told;
    told.registers("W", "A_1");
    told.registers("V", "A_1");
    REQUIRE(told.gets("W") == "A_1");
    told.advance(Seconds(50));
    told.send(rpc::Ping{.worker = "V"});
    CHECK_FALSE(told.has_news());
    told.advance(Seconds(11));
    told.prunes();
    const auto changes = told.compare();
    REQUIRE(changes.begun.size() == 1);
    CHECK(changes.begun[0].id == "worker W");
    CHECK(changes.begun[0].why ==
          "was silent for more than 60 s and was removed with a running task; A() failed at attempt 1 at "
          "2026-08-21T06:01:01Z: worker 'W' was silent for more than 60 s; retry at 06:01:11Z");
    CHECK_FALSE(told.has_news());
    told.advance(Seconds(11));
    told.prunes();
    REQUIRE(told.status("A_1") == Status::pending);
    CHECK_FALSE(told.has_news());
    REQUIRE(told.gets("V") == "A_1");
    CHECK(told.recovered() == Names{"worker W"});
    CHECK(told.open.empty());
}

TEST_CASE("a lost worker that comes back is recovered, and one whose tasks are removed or acknowledged ends in silence",
          "[notify]") {
    enum class End { comes_back, is_removed, is_acknowledged };
    for (const End end : {End::comes_back, End::is_removed, End::is_acknowledged}) {
        Told told;
        told.filter.states = {ProblemState::worker_lost};
        told.registers("W", "A_1");
        REQUIRE(told.gets("W") == "A_1");
        told.advance(Seconds(61));
        told.prunes();
        CHECK(told.begun() == Names{"worker W worker_lost"});
        if (end == End::comes_back) told.send(rpc::Ping{.worker = "W"});
        if (end == End::is_removed) told.forget();
        if (end == End::is_acknowledged) told.send(rpc::AcknowledgeFailures{.task_id = "A_1"});
        CHECK(told.recovered() == (end == End::comes_back ? Names{"worker W"} : Names{}));
        CHECK(told.open.empty());
    }
}

TEST_CASE("ready tasks that nobody will run are a problem, if somebody wants to know", "[notify]") {
    Told told({.states = {ProblemState::unrunnable}});
    told.registers("W", "A_1");
    told.registers("W", "A_2");
    CHECK_FALSE(told.has_news());
    told.advance(Seconds(61));
    told.prunes();
    const auto begun = told.compare().begun;
    REQUIRE(begun.size() == 1);
    CHECK(begun[0].name == "A(), and 1 more");
    CHECK(begun[0].why == "could run, but no worker is connected");
    CHECK_FALSE(told.has_news());
    told.registers("V", "A_1");
    told.registers("V", "A_2");
    CHECK(told.recovered() == Names{"unrunnable A"});
}

TEST_CASE("a disk with too little room is a problem until there is a tenth more", "[notify]") {
    Told told;
    told.filter.min_free = 1000;
    told.disk = {.folder = "/state", .free = 1000};
    CHECK_FALSE(told.has_news());
    told.disk->free = 999;
    const auto begun = told.compare().begun;
    REQUIRE(begun.size() == 1);
    CHECK(begun[0].name == "the disk of /state");
    CHECK(begun[0].why == "has only 999 B free, and without room nothing can be recorded");
    told.disk->free = 1100;
    CHECK_FALSE(told.has_news());
    told.disk->free = 1101;
    CHECK(told.recovered() == Names{"disk"});
}

TEST_CASE("very many problems are told in part, the rest as they end", "[notify]") {
    Told told;
    for (std::size_t i = 0; i < max_open_problems + 5; ++i) told.fails_for_good("A_" + std::to_string(i));
    const auto changes = told.compare();
    CHECK(changes.begun.size() == max_open_problems);
    CHECK_FALSE(changes.begun[max_explained - 1].why.empty());
    CHECK(changes.begun[max_explained].why.empty());
    told.reports("W", told.open.begin()->first, Status::done);
    CHECK(told.compare().begun.size() == 1);
}

TEST_CASE("a problem is the same after it was saved", "[notify]") {
    const Problem problem{.id = "A_1",
                          .state = ProblemState::late,
                          .family = "A",
                          .name = "A(x=1)",
                          .parameters = {{"x", "1"}},
                          .why = "is \"late\"",
                          .since = test::FakeClock::start,
                          .is_retried = true,
                          .is_removed = true,
                          .root = "Root_1",
                          .tasks = {"A_1"}};
    CHECK(problem_from_json(Json::parse(to_json(problem).text())) == problem);
    CHECK_THROWS_AS(problem_from_json(Json::parse(R"({"id":"A_1","state":"odd"})")), Error);
}

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/run_log.hpp"

#include "cli/toys.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>

namespace freshet::run {

namespace {

using namespace std::chrono_literals;
using test::contains, test::Number, test::Sum;
using EndStatus = worker::FinishedAttempt::Status;

const AnyTask one = Number{.folder = "/nowhere", .value = 1, .token = "xyzzy"};

/// An observed run of two tasks, the first of which has started.
struct ObservedRun {
    explicit ObservedRun(Verbosity verbosity)
        : log(verbosity == Verbosity::everything ? make_json_log(text, clock, {{"run_id", "r"}})
                                                 : make_plain_log(text, clock)),
          observer(*log, clock, verbosity, nullptr) {
        observer.planned(worker::make_plan({Sum{.folder = "/nowhere", .last = 1}}));
        observer.started(one, 1);
    }
    std::vector<Json> records() const {
        std::vector<Json> all;
        std::istringstream lines(text.str());
        for (std::string line; std::getline(lines, line);) all.push_back(Json::parse(line));
        return all;
    }

    test::FakeClock clock;
    std::ostringstream text;
    std::unique_ptr<Log> log;
    LoggingObserver observer;
};

}  // namespace

TEST_CASE("the plain log has one line for each task that ended", "[run_log]") {
    ObservedRun run(Verbosity::results);
    run.observer.ended(one, {.status = EndStatus::done, .took = 12s});
    CHECK(run.text.str() == "06:00:00 Number(folder=/nowhere, value=1) done in 12 s (1 of 2)\n");
}

TEST_CASE("a failed attempt is logged with its reason and the time of the retry", "[run_log]") {
    ObservedRun run(Verbosity::results);
    run.observer.ended(one, {.status = EndStatus::failed,
                             .attempt = 2,
                             .message = "the tape is torn",
                             .failure_class = FailureClass::transient,
                             .retry_at = test::FakeClock::start + 5s});
    CHECK(run.text.str() ==
          "06:00:00 warning: Number(folder=/nowhere, value=1) failed at attempt 2: the tape is torn; retry at "
          "06:00:05\n");
}

TEST_CASE("an outage of a server is logged once for all tasks that meet it, and counted when it is over", "[run_log]") {
    ObservedRun run(Verbosity::results);
    const auto fail = [&](int number, const std::string& cause) {
        const std::string message = fmt::format("download 'https://data.example/{}': {}", number, cause);
        run.observer.ended(Number{.folder = "/nowhere", .value = number}, {.status = EndStatus::failed,
                                                                           .message = message,
                                                                           .failure_class = FailureClass::transient,
                                                                           .retry_at = test::FakeClock::start + 5s});
    };
    for (int number = 1; number <= 3; ++number) fail(number, fmt::format("no answer after {} ms", 100 * number));
    fail(2, "no answer after 7 ms");
    fail(1, "HTTP 503");
    CHECK(std::ranges::count(run.text.str(), '\n') == 2);
    CHECK(contains(run.text.str(), "https://data.example/1': no answer after 100 ms"));
    CHECK(contains(run.text.str(), "https://data.example/1': HTTP 503"));
    run.text.str("");
    run.observer.ended(one, {.status = EndStatus::done, .took = 12s});
    CHECK(contains(run.text.str(),
                   "warning: https://data.example works again: 4 attempts at 3 tasks failed since "
                   "2026-08-21T06:00:00.000Z: no answer after 100 ms\n"));
    CHECK(std::ranges::count(run.text.str(), '\n') == 2);
    fail(2, "no answer after 1 ms");
    CHECK(std::ranges::count(run.text.str(), '\n') == 3);
}

TEST_CASE("an outage that lasts until the end of the run is counted then", "[run_log]") {
    const test::FakeClock clock;
    std::ostringstream text;
    const auto log = make_plain_log(text, clock);
    {
        LoggingObserver observer(*log, clock, Verbosity::warnings, nullptr);
        for (int i = 0; i < 5; ++i)
            observer.ended(one, {.status = EndStatus::failed,
                                 .message = "publish 's3://bucket/key': connection refused",
                                 .failure_class = FailureClass::transient,
                                 .retry_at = test::FakeClock::start});
        CHECK(std::ranges::count(text.str(), '\n') == 1);
    }
    CHECK(contains(text.str(),
                   "s3://bucket: 5 attempts at 1 task failed since 2026-08-21T06:00:00.000Z: connection "
                   "refused\n"));
}

TEST_CASE("above a progress line only warnings and task messages are logged", "[run_log]") {
    ObservedRun run(Verbosity::warnings);
    run.observer.ended(one, {.status = EndStatus::done});
    CHECK(run.text.str().empty());
    run.observer.logged(one, "opened the tape", false);
    CHECK(contains(run.text.str(), "Number(folder=/nowhere, value=1): opened the tape"));
    run.observer.ended(one, {.status = EndStatus::failed, .message = "the tape is torn"});
    CHECK(contains(run.text.str(), "error: Number(folder=/nowhere, value=1) failed at attempt 1: the tape is torn"));
}

TEST_CASE("the progress line is shown from the plan on, and erased at the end", "[run_log]") {
    const test::FakeClock clock;
    std::ostringstream terminal;
    const auto log = make_plain_log(terminal, clock);
    {
        ProgressLine line(terminal, 80);
        LoggingObserver observer(*log, clock, Verbosity::warnings, &line);
        CHECK(terminal.str().empty());
        observer.planned(worker::make_plan({Sum{.folder = "/nowhere", .last = 1}}));
    }
    CHECK(terminal.str().starts_with("\r0 of 2\x1b[K"));
    CHECK(terminal.str().ends_with("\r\x1b[K"));
}

TEST_CASE("the JSON log has a record with fields for each start and end", "[run_log]") {
    ObservedRun run(Verbosity::everything);
    run.observer.ended(
        one,
        {.status = EndStatus::failed, .took = 1500ms, .message = "no tape", .failure_class = FailureClass::permanent});
    const auto records = run.records();
    REQUIRE(records.size() == 3);
    CHECK(records[0].at("event").as_string() == "run.planned");
    CHECK(records[1].at("event").as_string() == "task.started");
    const Json& end = records[2];
    CHECK(end.at("event").as_string() == "task.failed");
    CHECK(end.at("level").as_string() == "error");
    CHECK(end.at("run_id").as_string() == "r");
    CHECK(end.at("task").as_string() == "Number");
    CHECK(end.at("task_id").as_string() == one.id());
    CHECK(end.at("attempt").as_integer() == 1);
    CHECK(end.at("span_id") == records[1].at("span_id"));
    CHECK(end.at("dur_ms").as_integer() == 1500);
    CHECK(end.at("error").at("type").as_string() == "permanent");
    CHECK(end.at("error").at("message").as_string() == "no tape");
    CHECK(!contains(run.text.str(), "xyzzy"));
}

}  // namespace freshet::run

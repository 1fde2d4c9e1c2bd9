// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/progress_line.hpp"

#include "cli/toys.hpp"

#include <catch2/catch.hpp>

#include <sstream>

namespace freshet::run {

namespace {

using namespace std::chrono_literals;
using test::Number, test::Sum;

AnyTask number(int value) { return Number{.folder = "/nowhere", .value = value}; }

/// A run of four tasks, of which one has taken 30 s and another one is half done.
struct HalfDoneRun {
    HalfDoneRun() {
        progress.add_plan(worker::make_plan({Sum{.folder = "/nowhere", .last = 3}}));
        progress.start(number(1), clock.steady_now());
        progress.start(number(2), clock.steady_now());
        clock.advance(30s);
        progress.end(number(1), true);
        progress.advance(number(2), 0.5);
    }
    test::FakeClock clock;
    Progress progress;
};

}  // namespace

TEST_CASE("progress counts the tasks that the plan has to run", "[progress]") {
    const HalfDoneRun run;
    CHECK(run.progress.total() == 4);
    CHECK(run.progress.done() == 1);
    CHECK(run.progress.running().size() == 1);
}

TEST_CASE("done counts only tasks of the plan, and each once", "[progress]") {
    HalfDoneRun run;
    run.progress.end(number(1), true);
    run.progress.end(number(7), true);  // as a wrapper
    CHECK(run.progress.done() == 1);
    CHECK(run.progress.total() == 4);
}

TEST_CASE("rate and time left count running tasks by their fraction", "[progress]") {
    const HalfDoneRun run;
    CHECK(run.progress.rate(run.clock.steady_now()) == 3.0);
    CHECK(run.progress.time_left(run.clock.steady_now()) == 50s);
}

TEST_CASE("there is no rate before the first second", "[progress]") {
    test::FakeClock clock;
    Progress progress;
    progress.start(number(1), clock.steady_now());
    clock.advance(10ms);
    progress.end(number(1), true);
    CHECK(!progress.rate(clock.steady_now()));
    CHECK(!progress.time_left(clock.steady_now()));
}

TEST_CASE("a failed attempt leaves its task undone", "[progress]") {
    Progress progress;
    progress.start(number(1), {});
    progress.end(number(1), false);
    CHECK(progress.done() == 0);
    CHECK(progress.total() == 1);
    CHECK(progress.running().empty());
}

TEST_CASE("the progress line shows counts, rate, time left and running tasks", "[progress]") {
    const HalfDoneRun run;
    CHECK(progress_text(run.progress, run.clock.steady_now(), 200) ==
          "1 of 4, 3/min, 50 s left: Number(folder=/nowhere, value=2) 50 %");
}

TEST_CASE("the progress line is truncated to the terminal width, in whole characters", "[progress]") {
    Progress progress;
    progress.start(Number{.folder = "/süß"}, {});
    progress.set_status(Number{.folder = "/süß"}, "\x1b[2J");
    CHECK(progress_text(progress, {}, 26) == "0 of 1: Number(folder=/süß");
    CHECK(progress_text(progress, {}, 200).find('\x1b') == std::string::npos);
}

TEST_CASE("the progress line stays below log records and is erased at the end", "[progress]") {
    std::ostringstream terminal;
    const test::FakeClock clock;
    const auto plain = make_plain_log(terminal, clock);
    {
        ProgressLine line(terminal, 80);
        line.show(Progress(), clock.steady_now());
        LogAboveLine(*plain, line).write({.event = "x", .message = "hello"});
    }
    CHECK(terminal.str() ==
          "\r0 of 0\x1b[K"
          "\r\x1b[K"
          "06:00:00 hello\n"
          "\r0 of 0\x1b[K"
          "\r\x1b[K");
}

}  // namespace freshet::run

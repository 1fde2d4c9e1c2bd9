// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/toys.hpp"

#include "store/state_file.hpp"

#include <catch2/catch.hpp>

namespace freshet {

namespace {

using test::contains;
using test::TestProgram;

void write_toy_output(const TestProgram& toys, const std::string& name) {
    LocalTarget(std::filesystem::path(toys.data()) / name).write("7");
}

}  // namespace

TEST_CASE("resolve_parameters replaces words in values, with the clock", "[command_line]") {
    TestProgram toys;
    CHECK(toys.run({"plan", "Number", "--value", "year", "--folder", toys.data()}) == 0);
    CHECK(contains(toys.output(), "value=2026)"));
}

TEST_CASE("no command writes an escape of a task's parameter, message or path to the terminal", "[command_line]") {
    TestProgram toys;
    const std::string folder = toys.data() + "\x1b]0;owned\x07\u009b2J\n06:00:00 forged";
    CHECK(toys.run({"run", "Report", "--folder", folder, "--broken"}) == 30);
    CHECK(contains(toys.output(), "owned"));
    const auto check_output = [&] {
        INFO(toys.output() + toys.error_output());
        for (const char* forbidden : {"\x1b", "\x07", "\u009b", "\n06:00:00 forged"}) {
            CHECK(!contains(toys.output(), forbidden));
            CHECK(!contains(toys.error_output(), forbidden));
        }
    };
    check_output();
    for (const char* command : {"plan", "tree", "why", "list", "history", "verify"}) {
        CAPTURE(command);
        toys.run({command, "Report", "--folder", folder, "--broken"});
        CHECK(contains(toys.output() + toys.error_output(), command == std::string("verify") ? "match" : "owned"));
        check_output();
    }
    toys.run({"history"});
    check_output();
    CHECK(toys.run({"\x1b[2J"}) == 64);
    check_output();
}

TEST_CASE("resolve_parameters may replace a default", "[command_line]") {
    TestProgram toys;
    const Program program{
        .name = "toys", .version = "1", .resolve_parameters = [](std::string_view, Values& values, const Clock&) {
            if (values.at("last") == "3") values["last"] = "2";
        }};
    CHECK(cli::run_program(program, toys.registry, {"run", "Sum", "--folder", toys.data()}, toys.cli) == 0);
    CHECK(LocalTarget(std::filesystem::path(toys.data()) / "sum").read() == "3");
}

TEST_CASE("after_run is called after each run, and its messages are logged", "[run]") {
    TestProgram toys;
    const Program program{.name = "toys", .version = "1", .after_run = [](const FinishedRun& end) {
                              return std::vector{"swept after " + end.root.description()};
                          }};
    for (const char* command : {"run", "plan"}) {
        toys.err.str("");
        CHECK(cli::run_program(program, toys.registry, {command, "Sum", "--folder", toys.data()}, toys.cli) == 0);
        CHECK(contains(toys.error_output(), "swept after Sum(") == (std::string_view(command) == "run"));
    }
}

TEST_CASE("maintenance that fails is logged, and the run keeps its summary and a worse status", "[run]") {
    TestProgram toys;
    const Program program{
        .name = "toys", .version = "1", .after_run = [](const FinishedRun&) -> std::vector<std::string> {
            throw Error("open 'ro/x': Permission denied");
        }};
    CHECK(cli::run_program(program, toys.registry, {"run", "Sum", "--folder", toys.data()}, toys.cli) == 35);
    CHECK(contains(toys.error_output(), "maintenance after the run: open 'ro/x': Permission denied"));
    CHECK(contains(toys.output(), "4 ran successfully"));
    CHECK(cli::run_program(program, toys.registry, {"run", "Broken", "--folder", toys.data()}, toys.cli) == 30);
}

TEST_CASE("a relative path is absolute for a shared scheduler, whose workers stand elsewhere, and else as given",
          "[run]") {
    TestProgram toys;
    const std::string absolute = (std::filesystem::current_path() / "elsewhere").string();
    REQUIRE(toys.run({"plan", "Sum", "--folder", "elsewhere", "--scheduler", "http://127.0.0.1:9"}) == 0);
    CHECK(contains(toys.output(), "Sum(folder=" + absolute));
    REQUIRE(toys.run({"plan", "Sum", "--folder", "elsewhere"}) == 0);
    CHECK(contains(toys.output(), "Sum(folder=elsewhere"));
}

TEST_CASE("run completes a task and its requirements, and the second run does nothing", "[run]") {
    TestProgram toys;
    CHECK(toys.run({"run", "Sum", "--folder", toys.data()}) == 0);
    CHECK(LocalTarget(std::filesystem::path(toys.data()) / "sum").read() == "6");
    CHECK(contains(toys.output(), "* 4 ran successfully:\n    - 3 Number("));
    CHECK(contains(toys.error_output(), "Sum(folder=" + toys.data() + ") done in "));
    CHECK(contains(toys.error_output(), "(4 of 4)\n"));
    CHECK(toys.run({"run", "Sum", "--folder", toys.data()}) == 0);
    CHECK(contains(toys.output(), "* 1 complete one was encountered:\n"));
    CHECK(contains(toys.output(), "Did not run any tasks"));
    CHECK(toys.error_output().empty());
}

TEST_CASE("a failed task is never exit 0", "[run]") {
    TestProgram toys;
    CHECK(toys.run({"run", "Report", "--folder", toys.data(), "--broken", "--tempfail-ok"}) == 30);
    CHECK(contains(toys.output(),
                   "* 1 failed:\n    - Broken(folder=" + toys.data() + "): read 'tape': no such device\n"));
    CHECK(contains(toys.output(), "* 1 had failed dependencies:"));
    CHECK(contains(toys.output(), "This progress looks :( because there were failed tasks"));
}

TEST_CASE("a run with tasks that are not ready exits with 75, or with 0 on request", "[run]") {
    TestProgram toys;
    CHECK(toys.run({"run", "Report", "--folder", toys.data(), "--early"}) == 75);
    CHECK(contains(toys.output(), "fetch 'f006': not available yet"));
    CHECK(toys.run({"run", "Report", "--folder", toys.data(), "--early", "--tempfail-ok"}) == 0);
}

TEST_CASE("a missing external output exits with 20", "[run]") {
    TestProgram toys;
    CHECK(toys.run({"run", "Report", "--folder", toys.data(), "--delivered"}) == 20);
    CHECK(contains(toys.output(), "* 1 was missing external dependencies:"));
    write_toy_output(toys, "delivery");
    CHECK(toys.run({"run", "Report", "--folder", toys.data(), "--delivered"}) == 0);
}

TEST_CASE("a second run on one state exits with 10 and names the first", "[run]") {
    TestProgram toys;
    const auto path = toys.folder / "toys.sqlite";
    const auto owner = store::StateFile::open_exclusive(
        path, {.host = "mill", .pid = 42, .since = test::FakeClock::start, .command = "toys run Sum"});
    CHECK(toys.run({"run", "Sum", "--folder", toys.data(), "--state", path.string()}) == 10);
    CHECK(contains(toys.error_output(), "mill"));
    CHECK(contains(toys.error_output(), "42"));
    CHECK(contains(toys.error_output(), "toys run Sum"));
}

TEST_CASE("a cycle exits with 35 and is printed as a path", "[run]") {
    TestProgram toys;
    CHECK(toys.run({"run", "Snake"}) == 35);
    CHECK(contains(toys.error_output(), "Snake() -> Snake(length=2) -> Snake()"));
}

TEST_CASE("the JSON log contains only records, the last one with the counts of the run", "[run]") {
    TestProgram toys;
    CHECK(toys.run({"run", "Sum", "--folder", toys.data(), "--log-format", "json"}) == 0);
    CHECK(toys.output().empty());
    std::istringstream lines(toys.error_output());
    Json last;
    for (std::string line; std::getline(lines, line);) last = Json::parse(line);
    CHECK(last.at("event").as_string() == "run.done");
    CHECK(last.at("ran").as_integer() == 4);
    CHECK(last.at("pipeline").as_string() == "toys");
    CHECK(last.at("trace_id").as_string().size() == 32);
}

TEST_CASE("an error that ends a run is a record of the JSON log", "[run]") {
    TestProgram toys;
    CHECK(toys.run({"run", "Snake", "--log-format", "json"}) == 35);
    const Json record = Json::parse(toys.error_output());
    CHECK(record.at("event").as_string() == "run.failed");
    CHECK(record.at("exit_status").as_integer() == 35);
    CHECK(contains(record.at("msg").as_string(), "a task requires itself"));
}

TEST_CASE("plan shows the tasks that would run and why, requirements first, and changes nothing", "[plan]") {
    TestProgram toys;
    write_toy_output(toys, "number-2");
    CHECK(toys.run({"plan", "Sum", "--folder", toys.data(), "--last", "2"}) == 0);
    const std::string d = toys.data();
    CHECK(toys.output() ==
          "2 of 3 tasks would run, 1 are complete, in this order:\n"
          "  runs Number(folder=" +
              d + ", value=1): '" + d +
              "/number-1' does not exist\n"
              "  runs Sum(folder=" +
              d + ", last=2): '" + d + "/sum' does not exist\n");
    CHECK(!std::filesystem::exists(toys.folder / "state"));
}

TEST_CASE("plan shows external tasks that the run would wait for", "[plan]") {
    TestProgram toys;
    CHECK(toys.run({"plan", "Report", "--folder", toys.data(), "--delivered"}) == 0);
    CHECK(contains(toys.output(), "  waits for Delivery(folder=" + toys.data() + "): '" + toys.data() +
                                      "/delivery' does not exist (external task)\n"));
}

TEST_CASE("a command without its required task is a usage error", "[help]") {
    TestProgram toys;
    CHECK(toys.run({"run"}) == 64);
    CHECK(toys.error_output() ==
          "toys: run: a task is required; 'toys help' lists them\nrun 'toys --help' for usage\n");
}

TEST_CASE("help names commands, tasks and exit statuses", "[help]") {
    TestProgram toys;
    for (const std::vector<std::string>& asked : {std::vector<std::string>{}, {"--help"}, {"-h"}, {"help"}}) {
        CHECK(toys.run(asked) == 0);
        CHECK(contains(toys.output(), "toys 1.2: tasks to play with\n"));
        CHECK(contains(toys.output(), "\n  why "));
        CHECK(contains(toys.output(),
                       "\n  Delivery                    external: made by another program, only waited for\n"));
        CHECK(contains(
            toys.output(),
            "\n  75                          nothing failed, but some data is not available yet: try again later\n"));
    }
    CHECK(toys.run({"--version"}) == 0);
    CHECK(toys.output() == "toys 1.2\n");
}

TEST_CASE("help needs no valid configuration", "[help]") {
    TestProgram toys;
    for (const char* topic : {"run", "Number"}) {
        CHECK(toys.run({"help", topic, "--config", toys.config("[Nubmer]\nvalue = 1\n")}) == 0);
        CHECK(contains(toys.output(), "usage: toys "));
    }
}

TEST_CASE("help on a task shows its parameters", "[help]") {
    TestProgram toys;
    for (const std::vector<std::string>& asked :
         {std::vector<std::string>{"help", "Number"}, {"run", "Number", "--help"}}) {
        CHECK(toys.run(asked) == 0);
        CHECK(contains(toys.output(), "\n  --folder path/to/file       where the file goes (required)\n"));
        CHECK(contains(toys.output(), "\n  --value 3                   the number (default: 0)\n"));
        CHECK(contains(toys.output(), "\n  --loud-voice                shout (default: False)\n"));
        CHECK(contains(toys.output(), "\n  --token text                a password (secret)\n"));
    }
}

TEST_CASE("help on a command shows its options", "[help]") {
    TestProgram toys;
    for (const std::vector<std::string>& asked : {std::vector<std::string>{"help", "run"}, {"run", "--help"}}) {
        CHECK(toys.run(asked) == 0);
        CHECK(contains(toys.output(), "usage: toys run TASK [--parameter value ...] [OPTIONS]\n"));
        CHECK(contains(toys.output(), "\n  --workers N "));
        CHECK(!contains(toys.output(), "--dot"));
    }
    CHECK(toys.run({"help", "plam"}) == 64);
    CHECK(contains(toys.error_output(), "unknown command or task 'plam'; did you mean 'plan'?"));
}

}  // namespace freshet

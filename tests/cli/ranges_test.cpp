// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/files.hpp"
#include "cli/toys.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>

namespace freshet {

namespace {

using test::contains;
using test::TestProgram;

/// A file of others for each day.
struct DailyInput {
    std::filesystem::path folder;
    std::chrono::sys_days day{};
    static constexpr TaskKind kind = TaskKind::external;
    static constexpr Parameter parameters[] = {param<&DailyInput::folder>("where the files come").required(),
                                               param<&DailyInput::day>("the day").required()};
    LocalTarget output() const { return LocalTarget(folder / ("in-" + Codec<std::chrono::sys_days>::write(day))); }
};

/// Copies it, again when it has changed.
struct DailyCopy {
    std::filesystem::path folder;
    std::chrono::sys_days day{};
    static constexpr Staleness staleness = Staleness::rerun;
    static constexpr Parameter parameters[] = {param<&DailyCopy::folder>("where the files go").required(),
                                               param<&DailyCopy::day>("the day").required()};
    DailyInput requirements() const { return {folder, day}; }
    LocalTarget output() const { return LocalTarget(folder / ("out-" + Codec<std::chrono::sys_days>::write(day))); }
    void run() const { output().write(requirements().output().read()); }
};

std::string folder_json(const TestProgram& toys) { return R"({"folder": ")" + toys.data() + R"("})"; }

bool has_file(const TestProgram& toys, const std::string& name) {
    return std::filesystem::exists(std::filesystem::path(toys.data()) / name);
}

}  // namespace

TEST_CASE("a range runs what is missing, and the second run does nothing", "[range]") {
    TestProgram toys;
    const std::vector<std::string> run{"run",         "RangeDaily",      "--of",    "Daily",
                                       "--of-params", folder_json(toys), "--start", "2026-08-01",
                                       "--stop",      "2026-08-04",      "--now",   "1787292000"};
    CHECK(toys.run(run) == 0);
    CHECK(contains(toys.output(), "    - 3 Daily("));
    CHECK(has_file(toys, "eu-2026-08-03"));
    CHECK_FALSE(has_file(toys, "eu-2026-08-04"));
    CHECK(toys.run(run) == 0);
    CHECK(contains(toys.output(), "Did not run any tasks"));
    CHECK(toys.run({"list"}) == 0);
    CHECK(contains(toys.output(), "RangeDaily"));
}

TEST_CASE("a range whose days are all complete runs the stale ones again, as many as it may", "[range]") {
    TestProgram toys;
    toys.registry = Registry::of<DailyInput, DailyCopy>();
    const auto give = [&](int day, const std::string& content) {
        std::filesystem::create_directories(toys.data());
        std::ofstream(toys.data() + "/in-2026-08-0" + std::to_string(day)) << content;
    };
    for (int day = 1; day <= 4; ++day) give(day, "one");
    std::vector<std::string> range{"RangeDaily", "--of",         "DailyCopy", "--of-params", folder_json(toys),
                                   "--start",    "2026-08-01",   "--stop",    "2026-08-05",  "--now",
                                   "1787292000", "--task-limit", "2"};
    const auto run = [&](const std::string& command) {
        auto arguments = range;
        arguments.insert(arguments.begin(), command);
        REQUIRE(toys.run(arguments) == 0);
        toys.clock.advance(std::chrono::minutes(1));
    };
    run("run");
    run("run");
    for (int day = 2; day <= 4; ++day) give(day, "another");
    run("plan");
    CHECK(contains(toys.output(), "runs again DailyCopy(folder=" + toys.data() + ", day=2026-08-03)"));
    CHECK(!contains(toys.output(), "2026-08-04"));
    run("run");
    CHECK(contains(toys.output(), "    - 2 DailyCopy("));
    run("run");
    CHECK(contains(toys.output(), "    - 1 DailyCopy("));
    CHECK(read_file(toys.data() + "/out-2026-08-04") == "another");
    run("run");
    CHECK(contains(toys.output(), "Did not run any tasks"));
}

TEST_CASE("the limit of tasks of a run is not that of a Luigi range", "[range]") {
    TestProgram toys;
    const std::vector<std::string> range{"run",         "RangeDaily",      "--of",         "Daily",
                                         "--start",     "2026-08-01",      "--now",        "1787292000",
                                         "--of-params", folder_json(toys), "--task-limit", "3"};
    auto limited = range;
    limited.insert(limited.end(), {"--max-tasks", "2"});
    CHECK(toys.run(limited) == 25);
    CHECK(contains(toys.output(), "    - 2 Daily("));
    CHECK(contains(toys.output(), "were not started"));
    CHECK_FALSE(has_file(toys, "eu-2026-08-03"));
    CHECK(toys.run(range) == 0);
    CHECK(has_file(toys, "eu-2026-08-05"));
    CHECK_FALSE(has_file(toys, "eu-2026-08-06"));
    CHECK(toys.run({"run", "Daily", "--folder", toys.data(), "--day", "2026-08-09", "--max-tasks", "0"}) == 64);
    CHECK(contains(toys.error_output(), "--max-tasks: '0' is not a number above 0"));
}

TEST_CASE("the tasks of a range and the range itself have the values of the configuration", "[range]") {
    TestProgram toys;
    const std::string config = toys.config("[RangeDaily]\ntask_limit = 2\n[Daily]\nregion = \"us\"\nfolder = \"" +
                                           toys.data() + "\"\n[DEFAULT]\nlast = 4\n");
    CHECK(toys.run({"run", "RangeDaily", "--of", "Daily", "--start", "2026-08-01", "--now", "1787292000", "--config",
                    config}) == 0);
    CHECK(contains(toys.output(), "    - 2 Daily("));
    CHECK(has_file(toys, "us-2026-08-02"));
    CHECK(toys.run({"config", "--config", config}) == 0);
    CHECK(contains(toys.output(), "[RangeDaily]"));
    CHECK(!contains(toys.output(), "[Range]"));
}

TEST_CASE("a range that names no task of the program is a usage error with the nearest name", "[range]") {
    TestProgram toys;
    CHECK(toys.run({"run", "RangeDaily", "--of", "Dayly", "--start", "2026-08-01"}) == 64);
    CHECK(contains(toys.error_output(), "RangeDaily --of: there is no task called 'Dayly'; did you mean 'Daily'?"));
    CHECK(toys.run({"run", "RangeHourly", "--of", "Daily"}) == 64);  // no task has an hour
    CHECK(toys.run({"run", "RangeDaily", "--of", "Daily"}) == 35);
    CHECK(contains(toys.output(), "at least one of --start and --stop needs to be specified"));
}

TEST_CASE("the functions of a program are told of a task of the range, which has the program's parameters", "[range]") {
    TestProgram toys;
    std::vector<std::string> roots;
    const Program program{.name = "toys",
                          .version = "1",
                          .default_state =
                              [&](const AnyTask& root) {
                                  roots.push_back(root.values().at("folder"));
                                  return (toys.folder / "default.sqlite").string();
                              },
                          .after_run =
                              [&](const FinishedRun& end) {
                                  roots.push_back(end.root.values().at("folder"));
                                  return std::vector<std::string>{};
                              }};
    CHECK(cli::run_program(program, toys.registry,
                           {"backfill", "Daily", "--from", "2026-08-01", "--to", "2026-08-03", "--folder", toys.data()},
                           toys.cli) == 0);
    CHECK(roots.size() >= 2);
    CHECK(std::ranges::all_of(roots, [&](const std::string& root) { return root == toys.data(); }));
}

TEST_CASE("words of the program are resolved for the tasks of a backfill", "[range]") {
    TestProgram toys;
    CHECK(toys.run({"backfill", "Daily", "--from", "2026-08-01", "--to", "2026-08-02", "--folder", toys.data(),
                    "--region", "year"}) == 0);
    CHECK(has_file(toys, "2026-2026-08-01"));
}

TEST_CASE("help names the ranges that a program has, with their parameters", "[help]") {
    TestProgram toys;
    CHECK(toys.run({"help"}) == 0);
    CHECK(contains(toys.output(), "  RangeDaily "));
    CHECK(!contains(toys.output(), "  RangeHourly "));
    CHECK(toys.run({"help", "RangeDaily"}) == 0);
    CHECK(contains(toys.output(), "--days-back 3"));
}

}  // namespace freshet

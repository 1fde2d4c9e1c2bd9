// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
//
// How the author of a pipeline tests it: one test for each of ten how-tos of include/freshet/README.md. The tasks are
// those of the guide, whose snippets are this header.
#include "guide_snippets.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>

using namespace std::chrono_literals;
using Catch::Contains;
using Catch::EndsWith;

constexpr Date new_year = std::chrono::year(2026) / 1 / 1;

// What the guide leaves out.

void Export::run() const { output().write(std::string(format.text()) + (password.empty() ? "" : " with a password")); }

/// Fails when another one runs.
void Solve::run() const {
    if (!std::filesystem::create_directory("license")) throw Error("solve: there is no license left");
    output().write("solved\n");
    std::filesystem::remove("license");
}

void LoadFiles::run() const {
    for (const LocalTarget& loaded : output()) loaded.write("loaded\n");
}

void Forecast::run() const {}

std::vector<bool> DailyReport::bulk_complete(const std::vector<DailyReport>& reports) {
    std::vector<bool> complete;
    for (const DailyReport& report : reports) complete.push_back(report.output().exists());
    return complete;
}

void Scores::write_parquet(const std::filesystem::path&) {}

namespace {

/// A task whose target is a parameter of its class: S3Target in the program, MemoryTarget in its test.
template <class Store>
struct Total {
    static constexpr std::string_view family = "Total";
    Store input() const { return Store("numbers"); }
    Store output() const { return Store("total"); }
    void run() const {
        std::istringstream numbers(input().read());
        int total = 0;
        for (int number = 0; numbers >> number;) total += number;
        output().write(std::to_string(total));
    }
};

}  // namespace

TEST_CASE("parameters: a task is made from texts as the command line does, and refuses others", "[guide]") {
    const auto registry = Registry::of<Export>();
    const AnyTask task = registry.make("Export", {{"days", "2026-W03"}, {"format", "json"}, {"parts", "7"}});
    CHECK(task.description() == "Export(days=2026-W03, format=json)");
    CHECK(task.values().at("parts") == "7");
    CHECK_THAT(task.outputs().front().address(), EndsWith("/export/2026-W03"));
    CHECK_THROWS_WITH(registry.make("Export", {{"days", "2026-W03"}, {"format", "xml"}}), Contains("'xml'"));
    CHECK_THROWS_AS(registry.make("Export", {{"format", "csv"}}), ParameterError);
    CHECK_THROWS_AS(registry.make("Export", {{"days", "2026-W03"}, {"parts", "101"}}), ParameterError);
}

TEST_CASE("targets: what is in S3 in the program is in memory in its test", "[guide]") {
    MemoryTarget::clear();
    const Total<MemoryTarget> total;
    total.input().write("1 2 39");
    TaskTester().run(total);
    CHECK(total.output().read() == "42");
}

TEST_CASE("secrets: they come from the configuration, and are neither in the id nor in the state", "[guide]") {
    TaskTester tester;
    tester.enter_root();
    std::ofstream("config.toml") << "[Export]\npassword = \"open sesame\"\n";
    const Export week{.days = Codec<DateInterval>::read("2026-W03"), .format = {}, .password = {}};
    REQUIRE(build(Registry::of<Export>(), {week}, {.state = "state.sqlite", .config_file = "config.toml"}).succeeded());
    CHECK(week.output().read() == "csv with a password");
    CHECK_FALSE(AnyTask(week).values().contains("password"));
    std::ifstream state("state.sqlite", std::ios::binary);
    CHECK_THAT(std::string(std::istreambuf_iterator<char>(state), {}), !Contains("open sesame"));
}

TEST_CASE("retries: a task that is told to slow down waits as long, and says when it gives up", "[guide]") {
    TaskTester tester;
    tester.enter_root();
    const std::string url = "https://www.example.org/";
    tester.http().answer(url, {.status = 503, .headers = {{"Retry-After", "120"}}});
    tester.http().answer(url, {.status = 404});
    tester.http().answer(url, {.body = "<html>"});
    try {
        tester.run(Fetch{});
        FAIL("it was not told to slow down");
    } catch (const TransientError& error) {
        CHECK(error.failure_class() == FailureClass::throttled);
        CHECK(error.retry_after() == 120s);
    }
    CHECK_THROWS_WITH(tester.run(Fetch{}), "fetch the page: status 404");
    tester.run(Fetch{});
    CHECK(Fetch{}.output().read() == "<html>");
    CHECK(AnyTask(Fetch{}).policy().retry.attempts == 3);
}

TEST_CASE("resources: two tasks with one license do not run at once", "[guide]") {
    TaskTester tester;
    tester.enter_root();
    std::vector<AnyTask> models;
    for (int model = 0; model < 10; ++model) models.push_back(Solve{model});
    CHECK(build(Registry::of<Solve>(), models, {.workers = 4}).succeeded());
    CHECK(models.front().policy().resources == Resources{{"licenses", 1}});
}

TEST_CASE("ranges: a month has a report for each day, and bulk_complete() says the same as the outputs", "[guide]") {
    TaskTester tester;
    tester.enter_root();
    tester.build(January{});
    CHECK(tester.attempts().size() == 31);
    std::filesystem::remove(DailyReport{new_year}.output().path());
    const auto reports = January{}.requirements().requirements();
    const auto complete = AnyTask::complete(reports);
    REQUIRE(complete.size() == 31);
    CHECK_FALSE(complete[0]);
    CHECK(std::ranges::count(complete, true) == 30);
    for (std::size_t i = 0; i < reports.size(); ++i) CHECK(complete[i] == reports[i].outputs().front().exists());
}

TEST_CASE("dynamic requirements: a book waits for the chapters that its contents name", "[guide]") {
    TaskTester tester;
    tester.enter_root();
    tester.build(Contents{});
    CHECK(tester.run(Book{}) == Outcome::waiting);
    tester.build(Book{});
    CHECK(Book{}.output().read() == "Chapter Loomings\nChapter The_Carpet-Bag\n");
}

TEST_CASE("events: the same fact has the same id, whenever it is said", "[guide]") {
    TaskTester tester;
    tester.enter_root();
    const Publish publish{"2026-01-01"};
    tester.run(publish);
    tester.clock().advance(1h);
    tester.run(publish);
    REQUIRE(tester.events().size() == 2);
    CHECK(tester.events()[0].id == tester.events()[1].id);
    CHECK(tester.events()[1].time - tester.events()[0].time == 1h);
    CHECK(tester.events()[0].data.text() == R"({"day":"2026-01-01"})");
}

TEST_CASE("testing: the guide's own test passes", "[guide]") { test_that_a_rate_is_fetched_once(); }

TEST_CASE("moving from Luigi: a task has the id that Luigi gives it", "[guide]") {
    CHECK(AnyTask(Sales{new_year}).id() == "Sales_2026_01_01_5b4ab57015");
    const Export week{.days = Codec<DateInterval>::read("2026-W03"), .format = {}, .password = {}};
    CHECK(AnyTask(week).id() == "Export_2026_W03_csv_9c8f197d24");
}

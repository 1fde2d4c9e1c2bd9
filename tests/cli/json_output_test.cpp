// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/json.hpp"
#include "toys.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace freshet {

using test::contains;
using test::TestProgram;

namespace {

/// Runs a command with --json and parses what it prints.
Json json_of(TestProgram& toys, std::vector<std::string> arguments, int exit_status = 0) {
    arguments.emplace_back("--json");
    CHECK(toys.run(arguments) == exit_status);
    return Json::parse(toys.output());
}

}  // namespace

TEST_CASE("plan --json lists the tasks to run with their reasons, in order", "[json]") {
    TestProgram toys;
    REQUIRE(toys.run({"run", "Number", "--folder", toys.data(), "--value", "1"}) == 0);
    const Json plan = json_of(toys, {"plan", "Sum", "--folder", toys.data()});
    CHECK(plan.at("tasks").as_integer() == 4);
    CHECK(plan.at("complete").as_integer() == 1);
    CHECK(plan.at("to_run").as_integer() == 3);
    const auto& planned = plan.at("planned").as_array();
    REQUIRE(planned.size() == 3);
    CHECK(contains(planned[2].at("task").as_string(), "Sum(folder="));
    CHECK(planned[2].at("action").as_string() == "runs");
    CHECK_FALSE(planned[2].at("reason").as_string().empty());
    CHECK(plan.at("stale").as_array().empty());
}

TEST_CASE("history --json lists the runs and the attempts of a task", "[json]") {
    TestProgram toys;
    toys.run({"run", "Broken", "--folder", toys.data()});
    const auto runs = json_of(toys, {"history"}).at("runs").as_array();
    REQUIRE(runs.size() == 1);
    CHECK(runs[0].at("exit_status").as_integer() == 30);
    CHECK(runs[0].at("started").as_string() == "2026-08-21T06:00:00.000Z");
    CHECK_FALSE(runs[0].at("died").as_bool());
    const auto attempts = json_of(toys, {"history", "Broken", "--folder", toys.data()}).at("attempts").as_array();
    REQUIRE(attempts.size() == 1);
    CHECK(attempts[0].at("status").as_string() == "FAILED");
    CHECK(contains(attempts[0].at("message").as_string(), "read 'tape': no such device"));
}

TEST_CASE("list --json counts the tasks of each family and shows the latest", "[json]") {
    TestProgram toys;
    toys.run({"run", "Report", "--folder", toys.data(), "--broken"});
    const Json list = json_of(toys, {"list", "--last", "1"});
    CHECK(list.at("families").at("Number").at("DONE").as_integer() == 1);
    CHECK(list.at("families").at("Sum").as_object().empty());
    REQUIRE(list.at("tasks").as_array().size() == 1);
    CHECK(list.at("omitted").as_integer() == 2);
    const std::string id = list.at("tasks").as_array()[0].at("task_id").as_string();
    CHECK(json_of(toys, {"list", id}).at("tasks").as_array()[0].at("task_id").as_string() == id);
}

TEST_CASE("verify --json lists what was found", "[json]") {
    TestProgram toys;
    REQUIRE(toys.run({"run", "Sum", "--folder", toys.data()}) == 0);
    CHECK(json_of(toys, {"verify"}).at("success").as_bool());
    std::filesystem::remove(toys.data() + "/number-2");
    const Json verification = json_of(toys, {"verify"}, 30);
    CHECK_FALSE(verification.at("success").as_bool());
    CHECK(verification.at("published").as_integer() == 4);
    CHECK(verification.at("findings").as_array().at(0).at("kind").as_string() == "missing");
}

TEST_CASE("verify of what does not exist is not success", "[verify]") {
    TestProgram toys;
    CHECK(toys.run({"verify"}) == 35);
    CHECK(contains(toys.error_output(), "toys.sqlite': it does not exist"));
    REQUIRE(toys.run({"run", "Early", "--folder", toys.data()}) == 75);
    CHECK(toys.run({"verify"}) == 30);
    CHECK(toys.output() == "nothing to verify: nothing was published\n");
    CHECK_FALSE(json_of(toys, {"verify"}, 30).at("success").as_bool());
}

TEST_CASE("verify names a few of the outputs of others, so that its result is seen", "[verify]") {
    TestProgram toys;
    const std::vector<std::string> verify{"verify", "Sum", "--folder", toys.data(), "--last", "5"};
    LocalTarget(toys.data() + "/sum").write("15");
    for (int i = 1; i <= 5; ++i) LocalTarget(toys.data() + "/number-" + std::to_string(i)).write("1");
    CHECK(toys.run(verify) == 0);
    CHECK(std::ranges::count(toys.output(), '\n') == 5);
    CHECK(contains(toys.output(), "\nnever checked: 3 more, which --json lists\n"));
    CHECK(json_of(toys, verify).at("findings").as_array().size() == 6);
}

TEST_CASE("history and list without a state have nothing in --json", "[json]") {
    TestProgram toys;
    CHECK(json_of(toys, {"history"}).at("runs").as_array().empty());
    CHECK(json_of(toys, {"list"}).at("tasks").as_array().empty());
}

}  // namespace freshet

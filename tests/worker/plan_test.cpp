// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/plan.hpp"

#include "worker/staleness.hpp"

#include <catch2/catch.hpp>

#include <map>

using freshet::AnyTask;
using freshet::param;
using freshet::Parameter;
using freshet::worker::make_plan;
using freshet::worker::Plan;

namespace {

/// Names of the outputs that exist, and of those that were checked.
struct World {
    std::map<std::string, bool> outputs;
    std::map<std::string, int> checks;
    std::map<std::string, std::vector<std::string>> requirements;
};
World world;

struct Named {
    std::string name;
    bool exists() const { return ++world.checks[name], world.outputs[name]; }
    std::string address() const { return "named:" + name; }
};

struct Make {
    std::string name;
    std::string output_name = "";
    static constexpr Parameter parameters[] = {param<&Make::name>("which"), param<&Make::output_name>("if another")};
    std::vector<AnyTask> requirements() const {
        std::vector<AnyTask> tasks;
        if (name == "broken") throw freshet::Error("no list of requirements");
        for (const auto& required : world.requirements[name]) tasks.push_back(Make{.name = required});
        return tasks;
    }
    Named output() const { return {output_name.empty() ? name : output_name}; }
    void run() const {}
};

struct Group {
    std::vector<std::string> names;
    static constexpr freshet::TaskKind kind = freshet::TaskKind::wrapper;
    static constexpr Parameter parameters[] = {param<&Group::names>("of what")};
    std::vector<Make> requirements() const {
        std::vector<Make> tasks;
        for (const auto& name : names) tasks.push_back(Make{.name = name});
        return tasks;
    }
};

struct Chain {
    int length = 0;
    static constexpr Parameter parameters[] = {param<&Chain::length>("how many follow")};
    std::vector<Chain> requirements() const { return length ? std::vector{Chain{length - 1}} : std::vector<Chain>{}; }
    Named output() const { return {std::to_string(length)}; }
    void run() const {}
};

std::vector<std::string> families_and_names(const Plan& plan) {
    std::vector<std::string> found;
    for (std::size_t i = 0; i < plan.size(); ++i) found.push_back(plan[i].task.values().at("name"));
    return found;
}

}  // namespace

TEST_CASE("planning goes breadth-first and no further than complete tasks", "[plan]") {
    world = {};
    world.requirements = {{"a", {"b", "c"}}, {"b", {"d"}}, {"c", {"e"}}};
    world.outputs = {{"c", true}};
    const Plan plan = make_plan({Make{.name = "a"}});
    CHECK(families_and_names(plan) == std::vector<std::string>{"a", "b", "c", "d"});
    CHECK(plan[2].is_complete);
    CHECK(world.checks.count("e") == 0);
}

TEST_CASE("each output is checked once, however many tasks require it", "[plan]") {
    world = {};
    world.requirements = {{"a", {"b", "c"}}, {"b", {"d"}}, {"c", {"d"}}};
    make_plan({Make{.name = "a"}, Make{.name = "b"}});
    CHECK(world.checks == std::map<std::string, int>{{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}});
}

TEST_CASE("a plan that is made again checks only the outputs that were missing", "[plan]") {
    world = {};
    world.requirements = {{"a", {"b", "c"}}, {"c", {"d"}}};
    world.outputs = {{"b", true}};
    const Plan earlier = make_plan({Make{.name = "a"}});
    world.outputs["c"] = true;  // by another run
    const Plan plan = make_plan({Make{.name = "a"}}, &earlier);
    CHECK(families_and_names(plan) == std::vector<std::string>{"a", "b", "c"});
    CHECK((plan[1].is_complete && plan[2].is_complete));
    CHECK(world.checks == std::map<std::string, int>{{"a", 2}, {"b", 1}, {"c", 2}, {"d", 1}});
}

TEST_CASE("the search for stale tasks checks only the outputs that the plan has not", "[plan]") {
    world = {};
    world.requirements = {{"a", {"b"}}, {"b", {"c"}}};
    world.outputs = {{"b", true}, {"c", true}};
    const Plan plan = make_plan({Make{.name = "a"}});
    freshet::worker::find_stale({Make{.name = "a"}}, &plan);
    CHECK(world.checks == std::map<std::string, int>{{"a", 1}, {"b", 1}, {"c", 1}});
}

TEST_CASE("a task that requires itself is rejected with the path", "[plan]") {
    world = {};
    world.requirements = {{"a", {"b"}}, {"b", {"c"}}, {"c", {"b"}}};
    CHECK_THROWS_WITH(make_plan({Make{.name = "a"}}),
                      "plan: a task requires itself: Make(name=b) -> Make(name=c) -> "
                      "Make(name=b)");
}

TEST_CASE("two tasks with one output are rejected, also when it exists", "[plan]") {
    world = {};
    world.outputs["x"] = GENERATE(false, true);
    CHECK_THROWS_WITH(make_plan({Make{.name = "x"}, Make{.name = "y", .output_name = "x"}}),
                      "plan: Make(name=x) and Make(name=y, output_name=x) both produce 'named:x'");
}

TEST_CASE("a wrapper is complete when all its requirements are", "[plan]") {
    world = {};
    world.outputs = {{"a", true}, {"b", true}};
    CHECK(make_plan({Group{{"a", "b"}}})[0].is_complete);
    CHECK_FALSE(make_plan({Group{{"a", "c"}}})[0].is_complete);
}

TEST_CASE("a wrapper of a task whose output has gone is not complete any more", "[plan]") {
    world = {};
    world.outputs = {{"a", true}};
    Plan plan = make_plan({Group{{"a"}}});
    REQUIRE(plan[0].is_complete);
    world.outputs["a"] = false;
    plan.recheck(1);
    CHECK_FALSE(plan[0].is_complete);
}

TEST_CASE("a task that cannot be checked has an error, and the others are planned", "[plan]") {
    world = {};
    world.requirements = {{"a", {"broken", "c"}}};
    const Plan plan = make_plan({Make{.name = "a"}});
    CHECK(plan[1].error == "no list of requirements");
    CHECK(plan.size() == 3);
}

TEST_CASE("100,000 tasks in a chain are planned without recursion", "[plan]") {
    world = {};
    CHECK(make_plan({Chain{99'999}}).size() == 100'000);
}

TEST_CASE("10,000 tasks find out one after the other what they require, each without a walk through the plan",
          "[plan]") {
    world = {};
    std::vector<AnyTask> tasks;
    for (int i = 0; i < 10'000; ++i) tasks.push_back(Make{.name = std::to_string(i)});
    Plan plan = make_plan(tasks);
    for (std::size_t i = 0; i < tasks.size(); ++i)
        plan.add_requirements(i, plan.add({Make{.name = "for " + std::to_string(i)}}));
    CHECK(plan.size() == 20'000);
    CHECK(plan[9'999].requirements == std::vector<std::size_t>{19'999});
}

TEST_CASE("a dynamic requirement joins the plan, and must not close a cycle", "[plan]") {
    world = {};
    world.requirements = {{"a", {"b"}}, {"c", {"a"}}};
    Plan plan = make_plan({Make{.name = "a"}});
    plan.add_requirements(0, plan.add({Make{.name = "d"}}));
    CHECK(plan[0].requirements == std::vector<std::size_t>{1, 2});
    const auto c = plan.add({Make{.name = "c"}});
    CHECK_THROWS_AS(plan.add_requirements(0, c), freshet::worker::PlanError);
}

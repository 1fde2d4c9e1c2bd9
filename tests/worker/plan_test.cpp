// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/plan.hpp"

#include "worker/staleness.hpp"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

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
std::mutex world_mutex;  // a plan asks for many outputs at once

struct Named {
    std::string name;
    bool exists() const {
        const std::lock_guard lock(world_mutex);
        return ++world.checks[name], world.outputs[name];
    }
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

/// A row of a table that answers for many at once.
struct Row {
    int number;
    static inline std::vector<std::size_t> questions;  ///< how many rows each was for
    static inline std::set<int> rows;
    static inline bool is_down = false;

    std::string address() const { return "row:" + std::to_string(number); }
    bool exists() const { throw std::logic_error("one row is asked for alone"); }
    static std::vector<bool> exist(const std::vector<Row>& asked) {
        questions.push_back(asked.size());
        if (is_down) throw std::runtime_error("no connection");
        std::vector<bool> found;
        for (const Row& row : asked) found.push_back(rows.contains(row.number));
        return found;
    }
};
static_assert(freshet::BulkTarget<Row>);

struct Insert {
    int number = 0;
    static constexpr Parameter parameters[] = {param<&Insert::number>("which")};
    Row output() const { return {number}; }
    void run() const {}
};

std::vector<AnyTask> inserts(int count) {
    std::vector<AnyTask> tasks;
    for (int number = 0; number < count; ++number) tasks.push_back(Insert{number});
    return tasks;
}

/// An object that exists if another one is asked for at the same time.
struct Twin {
    std::string name;
    static inline std::mutex mutex;
    static inline std::condition_variable changed;
    static inline int asked = 0;

    std::string address() const { return name; }
    bool exists() const {
        std::unique_lock lock(mutex);
        ++asked;
        changed.notify_all();
        return changed.wait_for(lock, std::chrono::seconds(30), [] { return asked == 2; });
    }
};

struct MakeTwin {
    std::string name;
    static constexpr Parameter parameters[] = {param<&MakeTwin::name>("which")};
    Twin output() const { return {name}; }
    void run() const {}
};

/// The number of tasks in each question to Bulk.
std::vector<std::size_t> bulk_questions;

/// Is asked for many at once: for those that the world has.
struct Bulk {
    std::string name;
    static constexpr Parameter parameters[] = {param<&Bulk::name>("which")};
    std::vector<Bulk> requirements() const {
        std::vector<Bulk> tasks;
        for (const auto& required : world.requirements[name]) tasks.push_back({required});
        return tasks;
    }
    Named output() const { return {name}; }
    void run() const {}
    static std::vector<bool> bulk_complete(const std::vector<Bulk>& tasks) {
        bulk_questions.push_back(tasks.size());
        std::vector<bool> answers;
        for (const Bulk& task : tasks) {
            if (task.name == "away") throw freshet::TransientError("list the folder: no answer");
            if (task.name != "forgotten") answers.push_back(world.outputs[task.name]);
        }
        return answers;
    }
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

TEST_CASE("a plan asks a bulk target for a thousand at once, and for none alone", "[plan]") {
    Row::questions.clear();
    Row::rows = {0, 999, 2'499};
    const Plan plan = make_plan(inserts(2'500));
    CHECK(Row::questions == std::vector<std::size_t>{1'000, 1'000, 500});
    for (std::size_t node = 0; node < plan.size(); ++node)
        if (plan[node].is_complete != Row::rows.contains(static_cast<int>(node))) FAIL(node);
}

TEST_CASE("a bulk question that fails for the time being leaves the completeness of its tasks open", "[plan]") {
    Row::is_down = true;
    const Plan plan = make_plan(inserts(2));
    Row::is_down = false;
    CHECK((plan[0].error == "no connection" && plan[1].error == "no connection"));
    CHECK((plan[0].may_recover && plan[1].may_recover));
}

TEST_CASE("a plan asks for independent outputs at the same time", "[plan]") {
    const Plan plan = make_plan({MakeTwin{"a"}, MakeTwin{"b"}});
    CHECK((plan[0].is_complete && plan[1].is_complete));
}

TEST_CASE("a class that answers in bulk is asked once a level, and none of its outputs is looked for", "[plan]") {
    world = {};
    bulk_questions.clear();
    world.requirements = {{"a", {"b", "c", "d"}}, {"b", {"e", "f"}}, {"c", {"g"}}};
    world.outputs = {{"d", true}, {"f", true}};
    const Plan plan = make_plan({Bulk{"a"}});
    CHECK(families_and_names(plan) == std::vector<std::string>{"a", "b", "c", "d", "e", "f", "g"});
    CHECK((plan[3].is_complete && plan[5].is_complete && !plan[4].is_complete));
    CHECK(bulk_questions == std::vector<std::size_t>{1, 3, 3});
    CHECK(world.checks.empty());
    make_plan({Bulk{"a"}}, &plan);
    CHECK(bulk_questions == std::vector<std::size_t>{1, 3, 3, 1, 2, 2});
}

TEST_CASE("a failure of an answer in bulk is one of each task that was asked for", "[plan]") {
    world = {};
    const Plan away = make_plan({Bulk{"away"}, Bulk{"b"}, Make{.name = "c"}});
    CHECK((away[0].error == "list the folder: no answer" && away[1].error == away[0].error && away[0].may_recover));
    CHECK(away[2].error.empty());
    const Plan forgotten = make_plan({Bulk{"forgotten"}, Bulk{"b"}});
    CHECK(forgotten[1].error == "Bulk::bulk_complete() returned 1 answers for 2 tasks");
    CHECK_FALSE(forgotten[1].may_recover);
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

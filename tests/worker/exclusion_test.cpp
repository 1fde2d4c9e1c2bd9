// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/worker_fixture.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;

namespace {

/// Is disabled if its name is one of these.
std::set<std::string> disabled_names;

struct Mill {
    std::string name;
    static constexpr Parameter parameters[] = {param<&Mill::name>("which")};
    std::vector<Make> requirements() const { return {Make{name + " grain"}}; }
    Named output() const { return {name}; }
    void run() const {}
    bool disabled() const { return disabled_names.contains(name); }
};

struct Bake {
    std::string name;
    static constexpr Parameter parameters[] = {param<&Bake::name>("which")};
    std::vector<Mill> requirements() const { return {Mill{name + " flour"}}; }
    Named output() const { return {name}; }
    void run() const {}
};

struct ExclusionFixture : SharedFixture {
    explicit ExclusionFixture(std::set<std::string> disabled) {
        registry = Registry::of<Make, Mill, Bake>();
        disabled_names = std::move(disabled);
        scheduler_kind = worker::SchedulerKind::embedded;
    }
};

}  // namespace

TEST_CASE("a disabled task is not run, nor what it requires and what requires it", "[worker]") {
    ExclusionFixture fixture({"rye flour"});
    const auto results = fixture.run({Bake{"rye"}, Bake{"oat"}});
    CHECK(fixture.runner.calls == std::vector<std::string>{"start Make(name=oat flour grain)",
                                                           "start Mill(name=oat flour)", "start Bake(name=oat)"});
    CHECK(results[0].status == TaskStatus::not_run);
    CHECK(results[2].status == TaskStatus::not_run);
    CHECK(results[2].message == "it is disabled by its class");
    CHECK(fixture.status(Mill{"rye flour"}) == "DISABLED");
    disabled_names.clear();
    CHECK(statuses(fixture.run({Bake{"rye"}})) == std::vector(3, TaskStatus::done));
}

TEST_CASE("a complete task may be disabled", "[worker]") {
    ExclusionFixture fixture({"rye flour"});
    existing = {"rye flour"};
    CHECK(statuses(fixture.run({Bake{"rye"}})) == std::vector{TaskStatus::done, TaskStatus::complete});
}

TEST_CASE("a run schedules no more tasks than its limit, and complete ones do not count", "[worker]") {
    ExclusionFixture fixture({});
    fixture.max_tasks = 2;
    existing = {"a", "b"};
    const auto results = fixture.run({Make{"a"}, Make{"b"}, Make{"c"}, Make{"d"}, Make{"e"}});
    CHECK(fixture.runner.calls == std::vector<std::string>{"start Make(name=c)", "start Make(name=d)"});
    CHECK(results[4].status == TaskStatus::not_run);
    CHECK(results[4].message == "it is beyond the 2 tasks that the run schedules at most");
    CHECK(statuses(fixture.run({Make{"e"}})) == std::vector{TaskStatus::done});
}

TEST_CASE("a task beyond the limit is left to a run of the same scheduler that has it", "[worker]") {
    ExclusionFixture fixture({});
    fixture.call_as_other(fixture.task_request(Make{"b"}, rpc::Status::pending));
    fixture.max_tasks = 1;
    fixture.run({Make{"a"}, Make{"b"}});
    CHECK(fixture.status(Make{"b"}) == "PENDING");
}

TEST_CASE("a dynamic requirement counts for the limit", "[worker]") {
    ExclusionFixture fixture({});
    fixture.max_tasks = 1;
    fixture.runner.script = [](const worker::Attempt&, AttemptResult& result) {
        result.status = AttemptStatus::waiting;
        result.missing = {Make{"late"}};
        return true;
    };
    CHECK(statuses(fixture.run({Make{"a"}})) == std::vector(2, TaskStatus::not_run));
    CHECK(fixture.runner.calls.size() == 1);
}

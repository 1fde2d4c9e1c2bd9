// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/task_table.hpp"
#include "scheduler_harness.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>
#include <string>
#include <utility>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::scheduler;

namespace {

using Edges = std::map<std::pair<std::string, std::string>, std::int64_t>;

std::string name_of(const Symbol& family) { return family ? *family : "-"; }

Edges kept(const TaskTable& tasks) {
    Edges edges;
    for (const auto& [key, count] : tasks.family_edges().all())
        edges[{name_of(key.first), name_of(key.second)}] = count;
    return edges;
}

Edges counted(const TaskTable& tasks) {
    Edges edges;
    for (std::size_t i = 0; i < tasks.id_limit(); ++i) {
        const Task& task = tasks[static_cast<TaskId>(i)];
        for (const TaskId dep : task.deps)
            ++edges[{name_of(edge_family(task.family)), name_of(edge_family(tasks[dep].family))}];
    }
    return edges;
}

}  // namespace

TEST_CASE("dependencies are counted by the families of both tasks", "[scheduler][graph]") {
    SchedulerHarness harness;
    harness.registers("W", "Whole_1", {"Part_1", "Part_2"});
    const TaskTable& tasks = harness.machine.state().tasks;
    CHECK(kept(tasks) == Edges{{{"Whole", "-"}, 2}});
    harness.registers("W", "Part_1", {"Part_2"});
    harness.registers("W", "Part_2");
    CHECK(kept(tasks) == Edges{{{"Whole", "Part"}, 2}, {{"Part", "Part"}, 1}});
}

TEST_CASE("a task that requires itself has one edge", "[scheduler][graph]") {
    SchedulerHarness harness;
    harness.registers("W", "Loop_1", {"Loop_1"});
    CHECK(kept(harness.machine.state().tasks) == Edges{{{"Loop", "Loop"}, 1}});
}

TEST_CASE("the counts of edges are right after tasks were registered, changed, removed and named again in any order",
          "[scheduler][graph]") {
    TaskTable tasks;
    std::mt19937 random(7);
    const auto any = [&](std::size_t limit) { return random() % limit; };
    const auto id_of = [&] { return "T_" + std::to_string(any(12)); };
    for (int i = 0; i < 3000; ++i) {
        const std::string id = id_of();
        const auto known = tasks.find(id);
        if (known && any(4) == 0) {
            tasks.remove(*known);
        } else {
            const TaskId task = known ? *known : tasks.add(id, {});
            const Symbol family = tasks.symbols().intern(std::string(1, static_cast<char>('A' + any(3))));
            tasks.change(task, [&](Task& changed) { changed.family = family; });
            std::vector<std::string> deps;
            for (std::size_t dep = any(4); dep > 0; --dep) deps.push_back(id_of());
            tasks.set_dependencies(
                task, deps, any(2) == 0 ? TaskTable::DependencyUpdate::replace : TaskTable::DependencyUpdate::append);
        }
        REQUIRE(kept(tasks) == counted(tasks));
    }
}

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
//
// mill: the C++ half of a graph. It makes Flour; bakery.py makes Harvest and Bread.
#include "freshet/command_line.hpp"
#include "support/diary.hpp"

#include <chrono>
#include <filesystem>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

using namespace freshet;
using test::append_to_log;
using namespace std::chrono_literals;

/// External: made by the bakery.
struct Harvest {
    std::filesystem::path root;
    std::chrono::sys_days day{};
    int field = 0;
    static constexpr Parameter parameters[] = {param<&Harvest::root>("folder").required(),
                                               param<&Harvest::day>("which day").required(),
                                               param<&Harvest::field>("which field").required()};
    static constexpr TaskKind kind = TaskKind::external;
    LocalTarget output() const { return LocalTarget(root / ("harvest" + std::to_string(field))); }
};

/// No two run at once, and the first attempt of each fails.
struct Flour {
    std::filesystem::path root;
    std::chrono::sys_days day{};
    int field = 0;
    static constexpr Parameter parameters[] = {param<&Flour::root>("folder").required(),
                                               param<&Flour::day>("which day").required(),
                                               param<&Flour::field>("which field").required()};
    Harvest requirements() const { return {root, day, field}; }
    LocalTarget output() const { return LocalTarget(root / ("flour" + std::to_string(field))); }
    Resources resources() const { return {{"millstone", 1}}; }
    RetryPolicy retry() const {
        RetryPolicy quick;
        quick.first_pause = 50ms;
        return quick;
    }
    void run(Context& context) const {
        if (context.attempt() == 1) throw TransientError("grind: no wind");
        append_to_log(root, "grind on");
        std::this_thread::sleep_for(100ms);  // long enough for an overlap to be noticed
        append_to_log(root, "grind off");
        output().write("flour of " + inputs(*this).read());
        append_to_log(root, "Flour " + std::to_string(field));
    }
};

/// External: made by the bakery.
struct Bread {
    std::filesystem::path root;
    std::chrono::sys_days day{};
    int fields = 0;
    static constexpr Parameter parameters[] = {param<&Bread::root>("folder").required(),
                                               param<&Bread::day>("which day").required(),
                                               param<&Bread::fields>("how many fields").required()};
    static constexpr TaskKind kind = TaskKind::external;
    LocalTarget output() const { return LocalTarget(root / "bread"); }
};

/// The root: requires Bread of the bakery and the mill's own Flour.
struct Meal {
    std::filesystem::path root;
    std::chrono::sys_days day{};
    int fields = 0;
    static constexpr Parameter parameters[] = {param<&Meal::root>("folder").required(),
                                               param<&Meal::day>("which day").required(),
                                               param<&Meal::fields>("how many fields").required()};
    std::vector<AnyTask> requirements() const {
        std::vector<AnyTask> tasks{Bread{root, day, fields}};
        for (int field = 0; field < fields; ++field) tasks.push_back(Flour{root, day, field});
        return tasks;
    }
    LocalTarget output() const { return LocalTarget(root / "meal"); }
    void run() const {
        append_to_log(root, "Meal");
        output().write(Bread{root, day, fields}.output().read());
    }
};

int main(int argc, char** argv) {
    return command_line({.name = "mill", .version = "1", .summary = "half of a graph, for tests"},
                        Registry::of<Meal, Flour, Harvest, Bread>(), argc, argv, std::cout, std::cerr);
}

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
// Graphs of tasks that do nothing, to measure the engine alone: planning, running, publishing, recording.
#include "freshet/command_line.hpp"

#include <fmt/format.h>

#include <iostream>

using freshet::param;
using freshet::Parameter;

namespace {

freshet::LocalTarget file(const std::filesystem::path& root, std::string_view kind, int number) {
    return freshet::LocalTarget(root / fmt::format("{}{}", kind, number));
}

/// Writes an empty file.
struct Leaf {
    int number = 0;
    std::filesystem::path root = "data";
    static constexpr Parameter parameters[] = {param<&Leaf::number>("which"), param<&Leaf::root>("where")};
    freshet::LocalTarget output() const { return file(root, "leaf", number); }
    void run() const { output().write(""); }
};

/// A wrapper of `count` independent tasks.
struct Independent {
    int count = 0;
    std::filesystem::path root = "data";
    static constexpr freshet::TaskKind kind = freshet::TaskKind::wrapper;
    static constexpr Parameter parameters[] = {param<&Independent::count>("how many"),
                                               param<&Independent::root>("where")};
    std::vector<Leaf> requirements() const {
        std::vector<Leaf> leaves;
        for (int i = 0; i < count; ++i) leaves.push_back({.number = i, .root = root});
        return leaves;
    }
};

/// A task with many requirements.
struct FanIn {
    int count = 0;
    std::filesystem::path root = "data";
    static constexpr Parameter parameters[] = {param<&FanIn::count>("how many"), param<&FanIn::root>("where")};
    auto requirements() const { return Independent{.count = count, .root = root}.requirements(); }
    freshet::LocalTarget output() const { return file(root, "fan", count); }
    void run() const { output().write(""); }
};

/// A chain of tasks, each of which requires the next.
struct Chain {
    int length = 1;
    std::filesystem::path root = "data";
    static constexpr Parameter parameters[] = {param<&Chain::length>("how deep"), param<&Chain::root>("where")};
    std::vector<Chain> requirements() const {
        return length > 1 ? std::vector{Chain{.length = length - 1, .root = root}} : std::vector<Chain>{};
    }
    freshet::LocalTarget output() const { return file(root, "link", length); }
    void run() const { output().write(""); }
};

}  // namespace

int main(int argc, char** argv) {
    return freshet::command_line({.name = "graphs", .version = "1"},
                                 freshet::Registry::of<Independent, FanIn, Chain, Leaf>(), argc, argv, std::cout,
                                 std::cerr);
}

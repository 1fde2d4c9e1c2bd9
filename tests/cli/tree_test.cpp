// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/toys.hpp"

#include <catch2/catch.hpp>

namespace freshet::cli {

namespace {

using test::contains, test::Number, test::Sum;

/// Requires one number and twice the same sum.
struct Pair {
    int last = 1;
    static constexpr Parameter parameters[] = {param<&Pair::last>("the last number")};
    static constexpr TaskKind kind = TaskKind::wrapper;
    auto requirements() const {
        return all(Sum{.folder = "/nowhere", .last = last}, Number{.folder = "/nowhere", .value = last},
                   Sum{.folder = "/nowhere", .last = last});
    }
};

struct TreeOptions {
    bool is_utf8 = false;
    bool is_dot = false;
};

std::string tree_of_pair(TreeOptions options) {
    test::TestProgram toys;
    toys.registry = Registry::of<Pair>();
    toys.cli.is_utf8 = options.is_utf8;
    std::vector<std::string> arguments{"tree", "Pair"};
    if (options.is_dot) arguments.emplace_back("--dot");
    CHECK(toys.run(arguments) == 0);
    return toys.output();
}

}  // namespace

TEST_CASE("the tree shows each task below the one that requires it, and expands it once", "[tree]") {
    CHECK(tree_of_pair({}) ==
          "Pair()  [to do]\n"
          "|-- Sum(folder=/nowhere, last=1)  [to do]\n"
          "|   `-- Number(folder=/nowhere, value=1)  [to do]\n"
          "|-- Number(folder=/nowhere, value=1)  [to do]\n"
          "`-- Sum(folder=/nowhere, last=1)  [to do] (expanded above)\n");
}

TEST_CASE("the tree has box characters in a UTF-8 locale", "[tree]") {
    CHECK(contains(tree_of_pair({.is_utf8 = true}), "│   └── Number"));
}

TEST_CASE("the Graphviz graph has each task and each requirement once", "[tree]") {
    const auto text = tree_of_pair({.is_dot = true});
    CHECK(text.starts_with("digraph tasks {\n"));
    CHECK(contains(text, "[label=\"Sum(folder=/nowhere, last=1)\"];\n"));
    std::size_t labels = 0;
    for (auto at = text.find("[label"); at != text.npos; at = text.find("[label", at + 1)) ++labels;
    CHECK(labels == 3);
}

TEST_CASE("tree rejects a cycle and prints its path", "[tree]") {
    test::TestProgram toys;
    CHECK(toys.run({"tree", "Snake"}) == 35);
    CHECK(contains(toys.error_output(), "Snake() -> Snake(length=2) -> Snake()"));
}

}  // namespace freshet::cli

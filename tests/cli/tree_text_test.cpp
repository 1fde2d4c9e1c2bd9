// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/tree_text.hpp"

#include "cli/toys.hpp"

#include <catch2/catch.hpp>

namespace freshet::run {

namespace {

using test::contains, test::Number, test::Sum;

/// Two sums of one number.
struct Pair {
    int last = 1;
    static constexpr Parameter parameters[] = {param<&Pair::last>("the last number")};
    static constexpr TaskKind kind = TaskKind::wrapper;
    auto requirements() const {
        return all(Sum{.folder = "/nowhere", .last = last}, Number{.folder = "/nowhere", .value = last},
                   Sum{.folder = "/nowhere", .last = last});
    }
};

}  // namespace

TEST_CASE("the tree shows each task below what requires it, and unfolds it once", "[tree]") {
    CHECK(tree_text(Pair{}, TreeStyle::ascii) ==
          "Pair()  [to do]\n"
          "|-- Sum(folder=/nowhere, last=1)  [to do]\n"
          "|   `-- Number(folder=/nowhere, value=1)  [to do]\n"
          "|-- Number(folder=/nowhere, value=1)  [to do]\n"
          "`-- Sum(folder=/nowhere, last=1)  [to do] (unfolded above)\n");
}

TEST_CASE("the tree has round branches where the terminal can show them", "[tree]") {
    CHECK(contains(tree_text(Pair{}, TreeStyle::utf8), "│   └── Number"));
}

TEST_CASE("Graphviz gets each task and each requirement once", "[tree]") {
    const auto text = tree_dot(Pair{});
    CHECK(text.starts_with("digraph tasks {\n"));
    CHECK(contains(text, "[label=\"Sum(folder=/nowhere, last=1)\"];\n"));
    std::size_t labels = 0;
    for (auto at = text.find("[label"); at != text.npos; at = text.find("[label", at + 1)) ++labels;
    CHECK(labels == 3);
}

TEST_CASE("tree refuses a cycle and prints it as a path", "[tree]") {
    test::TestProgram toys;
    CHECK(toys.run({"tree", "Snake"}) == 35);
    CHECK(contains(toys.error_output(), "Snake() -> Snake(length=2) -> Snake()"));
}

}  // namespace freshet::run

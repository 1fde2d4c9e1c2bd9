// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/invalidated.hpp"

#include "freshet/error.hpp"
#include "target/workbench.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::target;
using freshet::test::Names;
using freshet::test::StagingFixture;

namespace {

void publish_again(StagingFixture& bench, const std::string& content) {
    publish(bench.attempt(content, {"x"}, content));
}

}  // namespace

TEST_CASE("an invalidated output is kept with its receipt, and both can be moved back", "[target]") {
    StagingFixture bench;
    publish_again(bench, "one");
    const auto receipt = read_file(bench / ".freshet/x.json");
    const auto aside = invalidate(bench / "x", bench.clock.now());
    REQUIRE(aside == bench / ".freshet/invalidated/20260821T060000.000Z/x");
    CHECK(read_file(*aside) == "one");
    CHECK(LocalTarget(*aside).receipt().value().text() == Json::parse(receipt).text());
    CHECK_FALSE(lexists(bench / "x"));
    CHECK_FALSE(lexists(bench / ".freshet/x.json"));
}

TEST_CASE("a second invalidation keeps what the first one moved", "[target]") {
    StagingFixture bench;
    publish_again(bench, "one");
    const auto first = invalidate(bench / "x", bench.clock.now());
    publish_again(bench, "two");
    CHECK_THROWS_AS(invalidate(bench / "x", bench.clock.now()), TransientError);
    CHECK(read_file(bench / "x") == "two");
    bench.clock.advance(std::chrono::milliseconds(1));
    const auto second = invalidate(bench / "x", bench.clock.now());
    CHECK(read_file(first.value()) == "one");
    CHECK(read_file(second.value()) == "two");
}

TEST_CASE("an output without a receipt is invalidated, and a missing one is none", "[target]") {
    const StagingFixture bench;
    CHECK_FALSE(invalidate(bench / "folder/x", bench.clock.now()));
    CHECK_FALSE(lexists(bench / "folder"));
    LocalTarget(bench / "x").write("by hand");
    CHECK(read_file(invalidate(bench / "x", bench.clock.now()).value()) == "by hand");
}

TEST_CASE("attempts in a folder remove what was invalidated there more than a week ago", "[target]") {
    StagingFixture bench;
    publish_again(bench, "one");
    const auto first = invalidate(bench / "x", bench.clock.now());
    bench.clock.advance(invalidated_retention);
    publish_again(bench, "two");
    const auto second = invalidate(bench / "x", bench.clock.now());
    CHECK(lexists(*first));
    bench.clock.advance(std::chrono::hours(1));
    bench.sweeper.collect(bench / "y", "t");
    CHECK_FALSE(lexists(first->parent_path()));
    CHECK(lexists(*second));
}

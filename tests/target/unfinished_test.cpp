// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/unfinished.hpp"

#include "target/workbench.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace freshet;
using namespace freshet::target;
using freshet::test::Names;
using freshet::test::StagingFixture;

namespace {

/// A folder with an attempt "a1" that has declared x.
struct UnstagedFixture : StagingFixture {
    UnstagedFixture() { staging.declare(dir / "x"); }

    void write(const std::string& name, const std::string& content) const { std::ofstream(dir / name) << content; }

    Staging staging{"a1", sweeper};
    LocalTarget x{dir / "x"};
};

}  // namespace

TEST_CASE("what a running attempt writes in place exists for that attempt, and for nobody else", "[target]") {
    UnstagedFixture bench;
    bench.write("x", "half");
    CHECK_FALSE(bench.x.exists());
    const StagingScope scope(bench.staging);
    CHECK(bench.x.exists());
}

TEST_CASE("of many outputs, those that a running attempt writes in place are unfinished", "[target]") {
    UnstagedFixture bench;
    bench.write("x", "half");
    bench.write("y", "delivered");
    UnfinishedOutputs unfinished;
    CHECK(unfinished.contain(bench / "x"));
    CHECK(unfinished.contain(bench / "./x"));
    CHECK_FALSE(unfinished.contain(bench / "y"));
    CHECK_FALSE(unfinished.contain(bench / "elsewhere/x"));
}

TEST_CASE("a file that was there before the attempt is not unfinished", "[target]") {
    StagingFixture bench;
    std::ofstream(bench / "x") << "delivered";
    Staging staging("a1", bench.sweeper);
    staging.declare(bench / "x");
    CHECK(LocalTarget(bench / "x").exists());
    CHECK_FALSE(abandon(bench / "x", "a1"));
    CHECK(LocalTarget(bench / "x").read() == "delivered");
}

TEST_CASE("what a failed attempt wrote in place is moved aside", "[target]") {
    UnstagedFixture bench;
    bench.write("x", "half");
    CHECK(abandon(bench / "x", "a1") == bench / ".freshet/x.unfinished");
    CHECK(bench.names() == Names{".freshet/x.unfinished"});
    CHECK(read_file(bench / ".freshet/x.unfinished") == "half");
}

TEST_CASE("a folder that a failed attempt wrote in place is moved aside, in the place of an earlier one", "[target]") {
    UnstagedFixture bench;
    write_file_atomically(bench / ".freshet/x.unfinished/old", "");
    write_file_atomically(bench / "x/new", "");
    CHECK(abandon(bench / "x", "a1"));
    CHECK(bench.names() == Names{".freshet/x.unfinished", ".freshet/x.unfinished/new"});
}

TEST_CASE("the next attempt moves aside what a lost one wrote in place", "[target]") {
    UnstagedFixture bench;
    bench.write("x", "half");
    Staging next("a2", bench.sweeper);
    CHECK(next.declare(bench / "x") == bench / ".freshet/x.unfinished");
    CHECK_FALSE(std::filesystem::exists(bench / "x"));
    CHECK_FALSE(exists_at(bench / ".freshet/staged/.x.json.a1.part"));
}

TEST_CASE("an attempt that lost its lease leaves what the next one writes in place", "[target]") {
    UnstagedFixture bench;
    Staging next("a2", bench.sweeper);
    next.declare(bench / "x");
    REQUIRE(open_receipt(bench / "x", "a1"));  // as if the next attempt had swept before
    bench.write("x", "by a2");
    CHECK_FALSE(abandon(bench / "x", "a1"));
    CHECK(LocalTarget(bench / "x").read() == "by a2");
}

TEST_CASE("an output in place that its attempt publishes is complete, with a receipt of what is there", "[target]") {
    UnstagedFixture bench;
    bench.write("x", "whole");
    bench.staging.adopt();
    stage_receipts(bench.staging.outputs(), {.family = "Make", .task_id = "t"});
    CHECK(publish(bench.staging.release()) == PublishResult::published);
    CHECK(bench.x.exists());
    CHECK(read_receipt(bench / "x")->content == content_of(bench / "x"));
    CHECK(bench.names() == Names{".freshet/x.json", "x"});
}

TEST_CASE("of an attempt's outputs some may be in place and some staged", "[target]") {
    UnstagedFixture bench;
    bench.staging.declare(bench / "y");
    bench.write("x", "in place");
    bench.staging.stage(bench / "y", [](const auto& path) { std::ofstream(path) << "staged"; });
    bench.staging.adopt();
    stage_receipts(bench.staging.outputs(), {});
    CHECK(publish(bench.staging.release()) == PublishResult::published);
    CHECK(bench.names() == Names{".freshet/x.json", ".freshet/y.json", "x", "y"});
    CHECK(LocalTarget(bench / "y").read() == "staged");
}

TEST_CASE("a program creates an output under its own name, out of sight until it is published", "[target]") {
    UnstagedFixture bench;
    const auto redirected = bench.staging.redirect(bench / "x").value();
    CHECK(redirected.filename() == "x");
    std::ofstream(redirected) << "by a program";
    bench.staging.collect();
    CHECK_FALSE(lexists(bench / "x"));
    stage_receipts(bench.staging.outputs(), {});
    CHECK(publish(bench.staging.release()) == PublishResult::published);
    CHECK(bench.names() == Names{".freshet/x.json", "x"});
}

TEST_CASE("paths of other files, and of outputs that are there, are not redirected", "[target]") {
    UnstagedFixture bench;
    CHECK_FALSE(bench.staging.redirect(bench / "y"));
    CHECK_FALSE(bench.staging.redirect(bench / "xx"));
    CHECK(bench.staging.redirect(bench / "x/part")->filename() == "part");
    CHECK(bench.staging.withdraw() == false);
    bench.write("x", "there");
    CHECK_FALSE(bench.staging.redirect(bench / "x"));
}

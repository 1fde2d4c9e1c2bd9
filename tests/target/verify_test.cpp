// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/verify.hpp"

#include "freshet/task.hpp"
#include "target/workbench.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace freshet;
using namespace freshet::target;
using freshet::test::StagingFixture;

namespace {

struct Make {
    std::filesystem::path file{};
    static constexpr Parameter parameters[] = {param<&Make::file>("what to make")};
    LocalTarget output() const { return LocalTarget(file); }
    void run() const {}
};

void overwrite(const std::filesystem::path& path, const std::string& content) { std::ofstream(path) << content; }

/// The only finding about `file`.
std::string finding(const std::filesystem::path& file) {
    const auto findings = verify(Make{file});
    REQUIRE(findings.size() == 1);
    return findings.front();
}

}  // namespace

TEST_CASE("an unchanged output has no findings", "[target]") {
    StagingFixture bench;
    publish(bench.attempt("a1", {"x"}));
    CHECK(verify(Make{bench / "x"}).empty());
}

TEST_CASE("a missing output is found", "[target]") {
    StagingFixture bench;
    CHECK(finding(bench / "x") == "'" + (bench / "x").string() + "' is missing");
}

TEST_CASE("an output without receipt is found", "[target]") {
    StagingFixture bench;
    LocalTarget(bench / "x").write("");
    CHECK_THAT(finding(bench / "x"), Catch::Contains("has no receipt"));
}

TEST_CASE("a truncated output is found by its size", "[target]") {
    StagingFixture bench;
    publish(bench.attempt("a1", {"x"}, "content"));
    overwrite(bench / "x", "cont");
    CHECK_THAT(finding(bench / "x"), Catch::Contains("has 4 bytes, but 7 were published"));
}

TEST_CASE("a changed output of the same size is found by its digest", "[target]") {
    StagingFixture bench;
    publish(bench.attempt("a1", {"x"}, "content"));
    overwrite(bench / "x", "CONTENT");
    CHECK_THAT(finding(bench / "x"), Catch::Contains("has changed: its SHA-256 is"));
}

TEST_CASE("an input with changed content is found, a deleted one is not", "[target]") {
    StagingFixture bench;
    publish(bench.attempt("a1", {"in"}, "old"));
    const auto input = read_receipt(bench / "in")->content;
    auto staged = bench.attempt("a2", {"x"});
    stage_receipts(staged, {.family = "Make", .task_id = "Make_x", .inputs = {{"In", (bench / "in").string(), input}}});
    publish(staged);
    CHECK(verify(Make{bench / "x"}).empty());

    std::filesystem::remove(bench / "in");
    CHECK(verify(Make{bench / "x"}).empty());
    publish(bench.attempt("a3", {"in"}, "new"));
    CHECK_THAT(finding(bench / "x"), Catch::Contains("which has changed since"));
}

TEST_CASE("a receipt that cannot be read is itself a finding", "[target]") {
    StagingFixture bench;
    publish(bench.attempt("a1", {"x"}));
    overwrite(bench / ".freshet/x.json", "{");
    CHECK_THAT(finding(bench / "x"), Catch::StartsWith("read receipt"));
}

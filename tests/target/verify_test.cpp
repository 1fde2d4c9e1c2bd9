// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/verify.hpp"

#include "freshet/task.hpp"
#include "target/lineage.hpp"
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

struct List {
    std::filesystem::path file{};
    static constexpr bool is_manifest = true;
    static constexpr Parameter parameters[] = {param<&List::file>("what lists others")};
    LocalTarget output() const { return LocalTarget(file); }
    void run() const {}
};

struct Careless {
    std::filesystem::path file{};
    static constexpr Staleness staleness = Staleness::ignore;
    static constexpr Parameter parameters[] = {param<&Careless::file>("what to make")};
    LocalTarget output() const { return LocalTarget(file); }
    void run() const {}
};

Verification verify(const AnyTask& task) { return target::verify({task}, Registry::of<Make, List, Careless>()); }

/// The only finding about the task: "missing: ...".
std::string finding(const AnyTask& task) {
    const auto findings = verify(task).findings;
    REQUIRE(findings.size() == 1);
    constexpr const char* kinds[] = {"missing", "changed", "stale", "unchecked"};
    return std::string(kinds[static_cast<int>(findings[0].kind)]) + ": " + findings[0].text;
}

/// Publishes `name` as made by a task of the family from the others.
void publish_from(StagingFixture& bench, const std::string& family, const std::string& name,
                  const std::vector<std::string>& inputs) {
    Provenance provenance{.family = family, .task_id = name};
    for (const std::string& input : inputs) {
        provenance.inputs.push_back({"In", (bench / input).string(), content_of(bench / input)});
        provenance.inputs.back().modified = modified_at(bench / input);
    }
    auto staged = bench.attempt("a-" + name, {name});
    stage_receipts(staged, provenance);
    publish(staged);
}

}  // namespace

TEST_CASE("an unchanged output has no findings", "[target]") {
    StagingFixture bench;
    publish(bench.attempt("a1", {"x"}));
    const Verification verification = verify(Make{bench / "x"});
    CHECK(verification.findings.empty());
    CHECK(verification.published == 1);
    CHECK(verification.intact == 1);
}

TEST_CASE("a published output that was deleted is missing", "[target]") {
    StagingFixture bench;
    publish(bench.attempt("a1", {"x"}));
    std::filesystem::remove(bench / "x");
    CHECK_THAT(finding(Make{bench / "x"}),
               Catch::StartsWith("missing: '" + (bench / "x").string() + "' is missing: it was published at "));
}

TEST_CASE("an output that was never published is counted, and no finding", "[target]") {
    StagingFixture bench;
    const Verification verification = verify(Make{bench / "x"});
    CHECK(verification.findings.empty());
    CHECK(verification.absent == 1);
}

TEST_CASE("an output that others made is said not to be checked", "[target]") {
    StagingFixture bench;
    LocalTarget(bench / "x").write("");
    CHECK_THAT(finding(Make{bench / "x"}), Catch::StartsWith("unchecked: ") && Catch::Contains("has no receipt"));
}

TEST_CASE("an output that was cut has changed by its size", "[target]") {
    StagingFixture bench;
    publish(bench.attempt("a1", {"x"}, "content"));
    overwrite(bench / "x", "cont");
    CHECK_THAT(finding(Make{bench / "x"}),
               Catch::StartsWith("changed: ") && Catch::Contains("has 4 bytes, but 7 were published"));
}

TEST_CASE("a changed output of the same size has changed by its digest", "[target]") {
    StagingFixture bench;
    publish(bench.attempt("a1", {"x"}, "content"));
    overwrite(bench / "x", "CONTENT");
    CHECK_THAT(finding(Make{bench / "x"}), Catch::Contains("has changed: its SHA-256 is"));
}

TEST_CASE("an output is stale when an input was made again with other content", "[target]") {
    StagingFixture bench;
    publish(bench.attempt("a1", {"in"}, "old"));
    publish_from(bench, "Make", "x", {"in"});
    publish_from(bench, "Careless", "careless", {"in"});
    CHECK(verify(Make{bench / "x"}).findings.empty());

    retire(bench / "in");
    publish(bench.attempt("a3", {"in"}, "new"));
    CHECK_THAT(finding(Make{bench / "x"}), Catch::StartsWith("stale: ") && Catch::Contains("which has changed since"));
    CHECK(verify(Careless{bench / "careless"}).findings.empty());
}

TEST_CASE("an input that others made is checked by the receipts that have its digest", "[target]") {
    StagingFixture bench;
    overwrite(bench / "in", "given");
    publish_from(bench, "Make", "x", {"in"});
    CHECK(verify(Make{bench / "x"}).findings.empty());
    const auto time = std::filesystem::last_write_time(bench / "in");
    overwrite(bench / "in", "GIVEN");
    std::filesystem::last_write_time(bench / "in", time);
    CHECK_THAT(finding(Make{bench / "x"}), Catch::StartsWith("stale: "));
}

TEST_CASE("an output of which the tasks know nothing is found by the receipt of what was made from it", "[target]") {
    StagingFixture bench;
    publish(bench.attempt("a1", {"in"}));
    publish_from(bench, "Make", "x", {"in"});
    std::filesystem::remove(bench / "in");
    CHECK_THAT(finding(Make{bench / "x"}), Catch::Contains("in' is missing: it was published"));
}

TEST_CASE("what is gone with its receipt is missing only where a manifest lists it", "[target]") {
    StagingFixture bench;
    publish(bench.attempt("a1", {"in"}));
    publish_from(bench, "Make", "x", {"in"});
    publish_from(bench, "List", "list", {"in"});
    std::filesystem::remove(bench / "in");
    std::filesystem::remove(bench / ".freshet/in.json");
    CHECK(verify(Make{bench / "x"}).findings.empty());
    CHECK(verify(Make{bench / "x"}).absent == 1);
    CHECK(finding(List{bench / "list"}) ==
          "missing: '" + (bench / "in").string() + "' is missing: '" + (bench / "list").string() + "' lists it");
}

TEST_CASE("what an attempt left unfinished counts as missing", "[target]") {
    StagingFixture bench;
    Staging("a1", bench.sweeper).declare(bench / "x");
    overwrite(bench / "x", "half");
    CHECK_THAT(finding(Make{bench / "x"}), Catch::StartsWith("missing: ") && Catch::Contains("is unfinished"));
}

TEST_CASE("a receipt that cannot be read is itself a finding", "[target]") {
    StagingFixture bench;
    publish(bench.attempt("a1", {"x"}));
    overwrite(bench / ".freshet/x.json", "{");
    CHECK_THAT(finding(Make{bench / "x"}), Catch::StartsWith("changed: read receipt"));
}

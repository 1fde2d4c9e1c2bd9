// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/publish.hpp"

#include "target/workbench.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

using namespace freshet;
using namespace freshet::target;
using freshet::test::Names;
using freshet::test::StagingFixture;

TEST_CASE("published outputs are in place with their receipts, and nothing else is left", "[target]") {
    StagingFixture bench;
    CHECK(publish(bench.attempt("a1", {"x.nc", "sub/y.nc"})) == PublishResult::published);
    CHECK(bench.names() == Names{".freshet/x.nc.json", "sub", "sub/.freshet/y.nc.json", "sub/y.nc", "x.nc"});
}

TEST_CASE("the first of two attempts to publish wins, and the other leaves no trace", "[target]") {
    StagingFixture bench;
    const auto first = bench.attempt("a1", {"x.nc", "y.nc"}, "first");
    const auto second = bench.attempt("a2", {"x.nc", "y.nc"}, "second");
    CHECK(publish(second) == PublishResult::published);
    CHECK(publish(first) == PublishResult::superseded);
    CHECK(LocalTarget(bench / "x.nc").read() == "second");
    CHECK(read_receipt(bench / "y.nc")->provenance.task_id == "a2");
    CHECK(bench.names().size() == 4);
}

TEST_CASE("exactly one of many concurrent attempts publishes, with all of its outputs", "[target]") {
    StagingFixture bench;
    constexpr int attempts = 8;
    std::vector<std::vector<StagedOutput>> staged;
    for (int i = 0; i < attempts; ++i)
        staged.push_back(bench.attempt("a" + std::to_string(i), {"x", "y"}, std::to_string(i)));
    std::atomic<int> winners{0};
    {
        std::vector<std::jthread> threads;
        for (const auto& outputs : staged)
            threads.emplace_back([&] { winners += publish(outputs) == PublishResult::published; });
    }
    CHECK(winners == 1);
    CHECK(LocalTarget(bench / "x").read() == LocalTarget(bench / "y").read());
    CHECK(read_receipt(bench / "x")->provenance.task_id == "a" + LocalTarget(bench / "x").read());
    CHECK(bench.names() == Names{".freshet/x.json", ".freshet/y.json", "x", "y"});
}

TEST_CASE("an attempt whose staged files were swept by a later one cannot publish", "[target]") {
    StagingFixture bench;
    const auto first = bench.attempt("a1", {"x.nc"});
    bench.clock.advance(std::chrono::seconds(2));
    const auto second = bench.attempt("a2", {"x.nc"});
    CHECK_THROWS_AS(publish(first), TransientError);
    CHECK_FALSE(LocalTarget(bench / "x.nc").exists());
    CHECK(publish(second) == PublishResult::published);
}

TEST_CASE("partial outputs of an incomplete task are replaced", "[target]") {
    StagingFixture bench;
    LocalTarget(bench / "x").write("from a run that crashed before it came to y");
    CHECK(publish(bench.attempt("a1", {"x", "y"}, "new")) == PublishResult::published);
    CHECK(LocalTarget(bench / "x").read() == "new");
}

TEST_CASE("a task of which only the last output exists can be completed", "[target]") {
    StagingFixture bench;
    LocalTarget(bench / "y").write("old");
    CHECK(publish(bench.attempt("a1", {"x", "y"}, "new")) == PublishResult::published);
    CHECK(LocalTarget(bench / "x").read() == "new");
    CHECK(LocalTarget(bench / "y").read() == "new");
}

TEST_CASE("a partial folder is replaced by a whole one", "[target]") {
    StagingFixture bench;
    write_file_atomically(bench / "out/old", "x");
    Staging staging("a1", bench.sweeper);
    {
        const StagingScope scope(staging);
        LocalTarget(bench / "out").create([](const auto& folder) { write_file_atomically(folder / "new", "x"); });
        LocalTarget(bench / "done").write("");
    }
    stage_receipts(staging.outputs(), {});
    CHECK(publish(staging.release()) == PublishResult::published);
    CHECK(files_below(bench / "out") == std::vector<std::filesystem::path>{"new"});
}

TEST_CASE("an attempt without outputs publishes nothing, and that succeeds", "[target]") {
    CHECK(publish({}) == PublishResult::published);
}

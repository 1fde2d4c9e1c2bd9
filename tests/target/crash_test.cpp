// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/workbench.hpp"

#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <fstream>
#include <functional>

using namespace freshet;
using namespace freshet::target;
using freshet::test::Names;
using freshet::test::StagingFixture;

namespace {

/// Runs `work` in a process of its own, which is expected to end by SIGKILL.
void run_and_kill(const std::function<void()>& work) {
    const pid_t child = ::fork();
    if (child == 0) {
        work();
        ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
}

void die() { ::raise(SIGKILL); }

}  // namespace

TEST_CASE("a process killed while writing leaves nothing visible, and the next attempt cleans up", "[target]") {
    StagingFixture bench;
    run_and_kill([&] {
        Staging staging("dead", bench.sweeper);
        const StagingScope scope(staging);
        LocalTarget(bench / "x.nc").write("whole");
        LocalTarget(bench / "y.nc").create([](const auto& path) {
            write_file_atomically(path, "half");
            die();
        });
    });
    CHECK_FALSE(LocalTarget(bench / "x.nc").exists());
    CHECK_FALSE(LocalTarget(bench / "y.nc").exists());
    for (const std::string& name : bench.names()) CHECK_FALSE(name.ends_with(".nc"));

    CHECK(publish(bench.attempt("a2", {"x.nc", "y.nc"})) == PublishResult::published);
    CHECK(bench.names() == Names{".freshet/x.nc.json", ".freshet/y.nc.json", "x.nc", "y.nc"});
}

TEST_CASE("what a killed process wrote in place does not count, and the next attempt moves it aside", "[target]") {
    StagingFixture bench;
    run_and_kill([&] {
        Staging staging("dead", bench.sweeper);
        staging.declare(bench / "x.nc");
        std::ofstream(bench / "x.nc") << "half" << std::flush;
        die();
    });
    CHECK_FALSE(LocalTarget(bench / "x.nc").exists());
    Staging next("a2", bench.sweeper);
    CHECK(next.declare(bench / "x.nc") == bench / ".freshet/x.nc.unfinished");
}

TEST_CASE("a process killed between staging and publishing leaves nothing visible", "[target]") {
    StagingFixture bench;
    run_and_kill([&] {
        bench.attempt("dead", {"x.nc"});
        die();
    });
    CHECK_FALSE(LocalTarget(bench / "x.nc").exists());
    CHECK(publish(bench.attempt("a2", {"x.nc"})) == PublishResult::published);
    CHECK(bench.names() == Names{".freshet/x.nc.json", "x.nc"});
}

TEST_CASE("a process killed while writing a target outside of an attempt leaves nothing visible", "[target]") {
    StagingFixture bench;
    run_and_kill([&] {
        LocalTarget(bench / "x.nc").create([](const auto& path) {
            write_file_atomically(path, "half");
            die();
        });
    });
    CHECK_FALSE(LocalTarget(bench / "x.nc").exists());
}

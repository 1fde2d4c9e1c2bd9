// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/state_lock.hpp"

#include "store/state_file.hpp"
#include "support/fake_clock.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <optional>

namespace store = freshet::store;
using freshet::test::TempDir;
using store::LivenessLock;

TEST_CASE("a run is alive as long as it holds its lock, whoever else does", "[store]") {
    const TempDir folder;
    const auto state = folder / "state";
    std::optional<LivenessLock> one(std::in_place, state, "one");
    const LivenessLock another(state, "another");
    CHECK(store::is_alive(state, "one"));
    one.reset();
    CHECK_FALSE(store::is_alive(state, "one"));
    CHECK(store::is_alive(state, "another"));
}

TEST_CASE("a run is not taken for dead where that cannot be found out, and nothing is made to find it out", "[store]") {
    const TempDir folder;
    CHECK(store::is_alive(folder / "state", "somebody"));
    CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("a killed run is not alive", "[store]") {
    const TempDir folder;
    const auto state = folder / "state";
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const LivenessLock lock(state, "child");
        const char ready = '.';
        if (::write(ends[1], &ready, 1) != 1) ::_exit(1);
        for (;;) ::pause();
    }
    char ready = 0;
    REQUIRE(::read(ends[0], &ready, 1) == 1);
    CHECK(store::is_alive(state, "child"));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    CHECK_FALSE(store::is_alive(state, "child"));
    for (const int end : ends) ::close(end);
}

TEST_CASE("runs that are alive keep nobody from holding the state, nor the holder them", "[store]") {
    const TempDir folder;
    const auto state = folder / "state";
    const LivenessLock guest(state, "guest");
    const auto owner =
        store::StateFile::open_exclusive(state, store::this_process("owner", freshet::test::FakeClock::start));
    const LivenessLock late(state, "late");
    CHECK(store::is_alive(state, "guest"));
    CHECK(store::is_alive(state, "late"));
    CHECK(store::is_in_use(state));
}

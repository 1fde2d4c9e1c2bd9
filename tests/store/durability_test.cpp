// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/error.hpp"
#include "store/database.hpp"
#include "store/faulty_disk.hpp"
#include "store/tables.hpp"
#include "support/fake_clock.hpp"
#include "support/small_disk.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <random>
#include <string>

namespace store = freshet::store;
using freshet::DiskFullError;
using freshet::test::FakeClock;
using freshet::test::FaultyDisk;
using freshet::test::SmallDisk;
using freshet::test::TempDir;
using store::Durability;
using store::StateFile;

namespace {

const store::LockHolder owner{.host = "h", .pid = 1, .since = FakeClock::start, .command = "r"};

/// Writes the number in two places, in one transaction.
void write_number(StateFile& state, store::StateTables& tables, int number, Durability durability) {
    auto transaction = state.begin();
    tables.set_meta("first", std::to_string(number));
    tables.add_history({.at = FakeClock::start, .task_id = std::string(2000, 't'), .status = "PENDING"});
    tables.set_meta("second", std::to_string(number));
    transaction.commit(durability);
}

/// The number last written, 0 for none; both places must agree.
int number_in(StateFile& state) {
    store::StateTables tables(state);
    CHECK(tables.meta("first") == tables.meta("second"));
    return std::stoi(tables.meta("first").value_or("0"));
}

/// Writes the numbers from 1 to `count`, each fifth one to outlive a power cut, and dies.
void write_and_lose_power(const std::filesystem::path& path, int count) {
    const pid_t child = fork();
    if (child == 0) {
        try {
            const FaultyDisk disk;
            auto state = StateFile::open_exclusive(path, owner);
            store::StateTables tables(state);
            for (int number = 1; number <= count; ++number)
                write_number(state, tables, number, number % 5 == 0 ? Durability::power_cut : Durability::crash);
            std::raise(SIGKILL);
        } catch (const std::exception& error) {
            std::cerr << error.what() << '\n';
        }
        _exit(1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    FaultyDisk::cut_power(path);
}

}  // namespace

TEST_CASE("a commit for a power cut survives one, with all earlier commits", "[store]") {
    // 404 commits of several pages go past the point where SQLite folds its log into the file.
    const int count = GENERATE(1, 4, 5, 7, 100, 103, 404);
    const TempDir folder;
    write_and_lose_power(folder / "state", count);
    auto state = StateFile::open_exclusive(folder / "state", owner);
    CHECK(number_in(state) >= count / 5 * 5);
    CHECK(number_in(state) <= count);
}

TEST_CASE("a commit for a crash syncs nothing, and the next sync writes it to the disk", "[store]") {
    const TempDir folder;
    FaultyDisk disk;
    auto state = StateFile::open_exclusive(folder / "state", owner);
    store::StateTables tables(state);
    write_number(state, tables, 1, Durability::crash);
    const int before = disk.syncs();
    write_number(state, tables, 2, Durability::crash);
    CHECK(disk.syncs() == before);
    state.sync();
    CHECK(disk.syncs() == before + 1);
    state.sync();
    CHECK(disk.syncs() == before + 1);
    write_number(state, tables, 3, Durability::power_cut);
    CHECK(disk.syncs() == before + 2);
}

TEST_CASE("a transaction of many pages is written to the log at one go", "[store]") {
    const TempDir folder;
    const FaultyDisk disk;
    auto state = StateFile::open_exclusive(folder / "state", owner);
    store::StateTables tables(state);
    write_number(state, tables, 1, Durability::crash);
    const int before = disk.writes();
    write_number(state, tables, 2, Durability::crash);
    CHECK(disk.writes() == before + 1);
}

TEST_CASE("a batch is atomic and can be retried wherever the disk fills up", "[store]") {
    const TempDir folder;
    FaultyDisk disk;
    auto state = StateFile::open_exclusive(folder / "state", owner);
    store::StateTables tables(state);
    write_number(state, tables, 1, Durability::power_cut);
    bool was_full = true;
    for (int writes = 0; was_full; ++writes) {
        const int number = writes + 2;
        disk.fill_up_after(writes);
        was_full = false;
        try {
            write_number(state, tables, number, Durability::power_cut);
        } catch (const DiskFullError& error) {
            CHECK(error.what() == "write to state '" + (folder / "state").string() + "': the disk is full");
            was_full = true;
        }
        disk.free();
        CHECK(number_in(state) == (was_full ? number - 1 : number));
        write_number(state, tables, number, Durability::power_cut);
        CHECK(number_in(state) == number);
    }
}

TEST_CASE("no room for the folder of a state or for its lock is a DiskFullError", "[store]") {
    for (int files = 1; files <= 2; ++files) {  // the folder of the disk is one
        const SmallDisk disk("nr_inodes=" + std::to_string(files));
        if (!disk) return;
        INFO("room for " << files);
        CHECK_THROWS_AS(StateFile::open_exclusive(disk / "freshet/state", owner), DiskFullError);
    }
}

TEST_CASE("creating a state on a full disk is a DiskFullError and succeeds once there is room", "[store]") {
    const TempDir folder;
    FaultyDisk disk;
    const auto another = StateFile::open_exclusive(folder / "another", owner);
    const int needed = disk.writes();
    REQUIRE(needed > 0);
    for (int writes = 0; writes < needed; ++writes) {
        const auto path = folder / std::to_string(writes);
        disk.fill_up_after(writes);
        CHECK_THROWS_AS(StateFile::open_exclusive(path, owner), DiskFullError);
        disk.free();
        auto state = StateFile::open_exclusive(path, owner);
        store::StateTables tables(state);
        write_number(state, tables, 1, Durability::power_cut);
        CHECK(number_in(state) == 1);
    }
}

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/backup.hpp"

#include "base/files.hpp"
#include "freshet/error.hpp"
#include "store/tables.hpp"
#include "support/fake_clock.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <fstream>

namespace store = freshet::store;
namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using freshet::StoreError;
using store::StateFile;

namespace {

/// A state that somebody owns, and a place for its copy.
struct StateFixture {
    freshet::test::TempDir dir;
    fs::path state_path = dir / "state.sqlite";
    fs::path copy = dir / "copy.sqlite";
    StateFile state = StateFile::open_exclusive(state_path, {.host = "alpha", .pid = 4711, .command = "freshetd"});

    void add_tasks(int from, int count) {
        store::StateTables tables(state);
        auto transaction = state.begin();
        for (int i = from; i < from + count; ++i)
            tables.upsert_task({.task_id = "A_" + std::to_string(i),
                                .family = "A",
                                .params = "{}",
                                .status = "PENDING",
                                .record = std::string(500, 'r')});
        transaction.commit(store::Durability::crash);
    }
    /// The state as a kill would leave it now: with its log beside it, which SQLite would put over whatever is there.
    fs::path left_by_a_kill() const {
        const fs::path place = dir / "killed" / "state.sqlite";
        fs::create_directory(place.parent_path());
        for (const char* suffix : {"", "-wal"}) fs::copy_file(state_path.string() + suffix, place.string() + suffix);
        return place;
    }
};

const store::LockHolder owner{.host = "beta", .pid = 1, .command = "freshet restore"};

int tasks_in(const fs::path& path) {
    auto state = StateFile::open_exclusive(path, owner);
    int tasks = 0;
    store::StateTables(state).load_tasks([&](store::TaskRow&&) { ++tasks; });
    return tasks;
}

std::size_t files_in(const fs::path& folder) { return freshet::files_below(folder).size(); }

}  // namespace

TEST_CASE_METHOD(StateFixture, "a state that is being written to is copied with all that was committed", "[store]") {
    add_tasks(0, 1000);
    const auto summary = store::back_up_state(state_path, copy);
    CHECK(summary.tasks == 1000);
    add_tasks(1000, 1);  // the owner goes on
    CHECK(store::check_state(copy).tasks == 1000);
    CHECK(store::check_state(state_path).tasks == 1001);
}

TEST_CASE_METHOD(StateFixture, "what is not yet committed is not in the copy and does not wait for it", "[store]") {
    add_tasks(0, 1);
    store::StateTables tables(state);
    auto transaction = state.begin();
    tables.upsert_task({.task_id = "B", .family = "B", .params = "{}", .status = "PENDING", .record = "{}"});
    CHECK(store::back_up_state(state_path, copy).tasks == 1);
    transaction.commit(store::Durability::crash);
}

TEST_CASE_METHOD(StateFixture, "a copy takes the place of its state, and what was there is kept beside it", "[store]") {
    add_tasks(0, 7);
    store::back_up_state(state_path, copy);
    add_tasks(7, 1);
    const auto killed = left_by_a_kill();
    const auto restored = store::restore_state(copy, killed, owner);
    CHECK(restored.summary.tasks == 7);
    CHECK(tasks_in(killed) == 7);
    CHECK(tasks_in(restored.replaced.value() / "state.sqlite") == 8);
    CHECK(store::check_state(copy).tasks == 7);
}

TEST_CASE_METHOD(StateFixture, "a copy is restored where there was no state", "[store]") {
    add_tasks(0, 7);
    store::back_up_state(state_path, copy);
    CHECK_FALSE(store::restore_state(copy, dir / "new" / "state.sqlite", owner).replaced);
    CHECK(tasks_in(dir / "new" / "state.sqlite") == 7);
}

TEST_CASE_METHOD(StateFixture, "the log of a state that was moved away is not put over the copy", "[store]") {
    add_tasks(0, 7);
    store::back_up_state(state_path, copy);
    add_tasks(7, 300);
    const auto killed = left_by_a_kill();
    fs::remove(killed);
    CHECK(store::restore_state(copy, killed, owner).replaced);
    CHECK(tasks_in(killed) == 7);
}

TEST_CASE_METHOD(StateFixture,
                 "a copy that may only be read is restored to be written, and as private as what it replaces",
                 "[store]") {
    add_tasks(0, 7);
    store::back_up_state(state_path, copy);
    fs::permissions(copy, fs::perms(0444));
    const auto killed = left_by_a_kill();
    fs::permissions(killed, fs::perms(0600));
    store::restore_state(copy, killed, owner);
    CHECK(fs::status(killed).permissions() == fs::perms(0600));
    store::restore_state(copy, dir / "new.sqlite", owner);
    CHECK(fs::status(dir / "new.sqlite").permissions() == fs::perms(0644));
}

TEST_CASE_METHOD(StateFixture, "nothing is restored over a state that somebody works on", "[store]") {
    add_tasks(0, 7);
    store::back_up_state(state_path, copy);
    add_tasks(7, 1);
    CHECK_THROWS_WITH(store::restore_state(copy, state_path, owner),
                      Contains("in use by 'freshetd' (pid 4711 on host 'alpha')"));
    CHECK(store::check_state(state_path).tasks == 8);
}

TEST_CASE_METHOD(StateFixture, "what is replaced never takes the place of what was replaced before", "[store]") {
    add_tasks(0, 7);
    store::back_up_state(state_path, copy);
    add_tasks(7, 1);
    const auto killed = left_by_a_kill();
    const auto first = store::restore_state(copy, killed, owner).replaced.value();
    const auto second = store::restore_state(copy, killed, owner).replaced.value();
    CHECK(tasks_in(first / "state.sqlite") == 8);
    CHECK(tasks_in(second / "state.sqlite") == 7);
}

TEST_CASE_METHOD(StateFixture, "a copy is one file, and nothing is left beside it", "[store]") {
    add_tasks(0, 1);
    const auto before = files_in(dir.path());
    store::back_up_state(state_path, copy);
    CHECK(files_in(dir.path()) == before + 1);
}

TEST_CASE_METHOD(StateFixture, "whoever may not read the state may not read its copy", "[store]") {
    add_tasks(0, 1);
    fs::permissions(state_path, fs::perms::owner_read | fs::perms::owner_write);
    store::back_up_state(state_path, copy);
    CHECK(fs::status(copy).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE_METHOD(StateFixture, "a copy never takes the place of what is there", "[store]") {
    add_tasks(0, 1);
    freshet::write_file_atomically(copy, "precious");
    CHECK_THROWS_AS(store::back_up_state(state_path, copy), StoreError);
    CHECK_THROWS_WITH(store::back_up_state(state_path, copy), Contains("copy.sqlite': it is there already"));
    CHECK(freshet::read_file(copy) == "precious");
}

TEST_CASE_METHOD(StateFixture, "what is no state is not copied", "[store]") {
    freshet::write_file_atomically(dir / "text", std::string(5000, 'x'));
    CHECK_THROWS_AS(store::back_up_state(dir / "text", copy), StoreError);
    CHECK_THROWS_WITH(store::back_up_state(dir / "missing", copy), Contains("there is none"));
    CHECK_FALSE(fs::exists(copy));
}

TEST_CASE("a damaged state is detected, and no copy of it appears", "[store]") {
    const freshet::test::TempDir dir;
    {
        StateFixture whole;
        whole.add_tasks(0, 1000);
        store::back_up_state(whole.state_path, dir / "state");
    }
    std::fstream file(dir / "state", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(200'000);
    file << std::string(20'000, '\x55');
    file.close();
    CHECK_THROWS_AS(store::check_state(dir / "state"), StoreError);
    CHECK_THROWS_AS(store::back_up_state(dir / "state", dir / "copy"), StoreError);
    freshet::write_file_atomically(dir / "good", "what was there");
    CHECK_THROWS_AS(store::restore_state(dir / "state", dir / "good", {}), StoreError);
    CHECK(freshet::read_file(dir / "good") == "what was there");
    fs::remove(dir / "good");
    fs::remove(dir / "good.lock");
    CHECK_FALSE(fs::exists(dir / "copy"));
    CHECK(files_in(dir.path()) == 1);
}

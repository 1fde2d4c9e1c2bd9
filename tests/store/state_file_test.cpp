// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/state_file.hpp"

#include "base/files.hpp"
#include "freshet/error.hpp"
#include "store/backup.hpp"
#include "store/tables.hpp"
#include "support/fake_clock.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace store = freshet::store;
namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using freshet::exists_at;
using freshet::StoreError;
using freshet::test::FakeClock;
using freshet::test::TempDir;
using store::Durability;
using store::LockMode;
using store::StateFile;

namespace {

const store::LockHolder somebody{
    .host = "alpha", .pid = 4711, .since = FakeClock::start, .command = "gfs run IngestCycle"};

StateFile open_state(const fs::path& path) { return StateFile::open_exclusive(path, somebody); }

void write_meta(StateFile& state, const std::string& value, Durability durability) {
    store::StateTables tables(state);
    auto transaction = state.begin();
    tables.set_meta("word", value);
    transaction.commit(durability);
}

std::string word_in(StateFile& state) { return store::StateTables(state).meta("word").value_or(""); }

std::string bytes_of(const fs::path& path) { return freshet::read_file(path); }

void overwrite(const fs::path& path, std::streamoff offset, const std::string& bytes) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(offset);
    file << bytes;
}

/// Runs `work` in a process that then dies as from kill -9.
template <class Work>
void run_and_kill(Work&& work) {
    const pid_t child = fork();
    if (child == 0) {
        work();
        std::raise(SIGKILL);
    }
    int status = 0;
    waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
}

enum class User { same, another };

/// 0 when `holds` does in another process; that of another user is without root's rights, which pass over all
/// permissions.
template <class Holds>
int exit_code_of_process(User user, Holds&& holds) {
    const pid_t child = fork();
    if (child == 0) {
        const uid_t nobody = 65534;
        if (user == User::another && geteuid() == 0 && setuid(nobody) != 0) _exit(2);
        try {
            _exit(holds() ? 0 : 1);
        } catch (const std::exception& error) {
            std::cerr << error.what() << '\n';
            _exit(3);
        }
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("committed rows are there when the state is opened again", "[store]") {
    const TempDir folder;
    {
        auto state = open_state(folder / "deep" / "state.sqlite");
        write_meta(state, "kept", Durability::power_cut);
    }
    auto state = open_state(folder / "deep" / "state.sqlite");
    CHECK(word_in(state) == "kept");
}

TEST_CASE("every commit survives SIGKILL of its process", "[store]") {
    const TempDir folder;
    const auto path = folder / "state";
    const auto durability = GENERATE(Durability::crash, Durability::power_cut);
    run_and_kill([&] {
        auto state = open_state(path);
        write_meta(state, "kept", durability);
        const auto transaction = state.begin();
        store::StateTables(state).set_meta("word", "not committed");
        std::raise(SIGKILL);
    });
    auto state = open_state(path);
    CHECK(word_in(state) == "kept");
}

TEST_CASE("a second owner learns whether the first shares the state, as it last said", "[store]") {
    const TempDir folder;
    auto holder = somebody;
    holder.is_sharing = GENERATE(true, false);
    auto first = StateFile::open_exclusive(folder / "state", holder);
    const auto mode = [&] {
        try {
            open_state(folder / "state");
        } catch (const store::LockedError& error) {
            return error.mode();
        }
        FAIL("the state was not locked");
        return LockMode::unknown;
    };
    CHECK(mode() == (holder.is_sharing ? LockMode::shared : LockMode::exclusive));
    holder.is_sharing = !holder.is_sharing;
    first.announce(holder);
    CHECK(mode() == (holder.is_sharing ? LockMode::shared : LockMode::exclusive));
    holder.is_momentary = true;
    first.announce(holder);
    CHECK(mode() == LockMode::momentary);
    CHECK(first.has_lock_file());
    fs::remove(store::lock_path(folder / "state"));
    CHECK_FALSE(first.has_lock_file());
    CHECK(mode() == LockMode::unknown);
}

TEST_CASE("a second owner is rejected with a message that names the first", "[store]") {
    const TempDir folder;
    const auto first = open_state(folder / "state");
    CHECK_THROWS_MATCHES(open_state(folder / "state"), store::LockedError,
                         Catch::Matchers::Message("open state '" + (folder / "state").string() +
                                                  "': in use by 'gfs run IngestCycle' (pid 4711 on host 'alpha') since "
                                                  "2026-08-21T06:00:00.000Z"));
}

TEST_CASE("a second name of the same file does not make a second owner", "[store]") {
    const TempDir folder;
    const auto first = open_state(folder / "state");
    fs::create_symlink(folder / "state", folder / "other");
    CHECK_THROWS_AS(open_state(folder / "other"), store::LockedError);
}

TEST_CASE("a killed owner does not keep the state locked", "[store]") {
    const TempDir folder;
    run_and_kill([&] {
        static auto state = open_state(folder / "state");
        write_meta(state, "kept", Durability::crash);
    });
    auto state = open_state(folder / "state");
    CHECK(word_in(state) == "kept");
}

TEST_CASE("a reader sees each commit while the owner continues to write", "[store]") {
    const TempDir folder;
    auto owner = open_state(folder / "state");
    write_meta(owner, "first", Durability::crash);
    auto reader = StateFile::open_read_only(folder / "state");
    CHECK(word_in(reader) == "first");
    auto transaction = owner.begin();
    store::StateTables(owner).set_meta("word", "second");
    CHECK(word_in(reader) == "first");
    transaction.commit(Durability::crash);
    CHECK(word_in(reader) == "second");
}

TEST_CASE("a state without an owner can be read", "[store]") {
    const TempDir folder;
    {
        auto state = open_state(folder / "state");
        write_meta(state, "kept", Durability::crash);
    }
    auto reader = StateFile::open_read_only(folder / "state");
    CHECK(word_in(reader) == "kept");
    CHECK_THROWS_AS(write_meta(reader, "changed", Durability::crash), StoreError);
}

TEST_CASE("a new state is for its owner alone", "[store]") {
    const TempDir folder;
    const auto path = folder / "state";
    const auto owner = open_state(path);
    for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
        CAPTURE(suffix);
        CHECK(fs::status(path.string() + suffix).permissions() == static_cast<fs::perms>(0600));
    }
    fs::permissions(folder.path(), static_cast<fs::perms>(0711));
    CHECK(exit_code_of_process(User::another, [&] {
              try {
                  StateFile::open_read_only(path);
              } catch (const StoreError& error) {
                  return error.what() == "open state '" + path.string() + "': Permission denied";
              }
              return false;
          }) == 0);
}

TEST_CASE("a state in another user's folder can be read with and without its owner, who allows it", "[store]") {
    const TempDir folder;
    const auto path = folder / "a %20b?" / "state";
    open_state(path);
    fs::permissions(path, static_cast<fs::perms>(0644));
    std::optional<StateFile> owner = open_state(path);
    write_meta(*owner, "kept", Durability::crash);
    if (const bool is_owned = GENERATE(true, false); !is_owned) owner.reset();
    fs::permissions(folder.path(), static_cast<fs::perms>(0711));
    fs::permissions(path.parent_path(), static_cast<fs::perms>(0555));
    CHECK(exit_code_of_process(User::another, [&] {
              auto reader = StateFile::open_read_only(path);
              return word_in(reader) == "kept";
          }) == 0);
    fs::permissions(path.parent_path(), fs::perms::owner_all);
}

TEST_CASE("reading a missing state is an error and creates nothing", "[store]") {
    const TempDir folder;
    CHECK_THROWS_WITH(StateFile::open_read_only(folder / "state"),
                      "open state '" + (folder / "state").string() + "': there is none; the first run makes it");
    CHECK_FALSE(fs::exists(folder / "state"));
}

TEST_CASE("a state whose folder cannot be created is an error with its path and the reason", "[store]") {
    const TempDir folder;
    std::ofstream(folder / "file").flush();
    const auto state = folder / "file" / "state.sqlite";
    CHECK_THROWS_AS(open_state(state), StoreError);
    CHECK_THROWS_WITH(open_state(state),
                      StartsWith("open state '" + state.string() + "': ") && Contains("create folder"));
}

TEST_CASE("a file that is not a database is rejected and left unchanged", "[store]") {
    const TempDir folder;
    const std::string letter(GENERATE(1u, 2u, 5000u), 'x');  // SQLite takes the first for an empty file
    std::ofstream(folder / "state") << letter;
    CHECK_THROWS_WITH(open_state(folder / "state"), Contains("it is not a state of Freshet, nor any SQLite database"));
    CHECK_THROWS_AS(StateFile::open_read_only(folder / "state"), StoreError);
    CHECK(bytes_of(folder / "state") == letter);
}

TEST_CASE("a state of a newer version is rejected and left unchanged", "[store]") {
    const TempDir folder;
    open_state(folder / "state").database().execute("PRAGMA user_version = 1000");
    const auto before = bytes_of(folder / "state");
    CHECK_THROWS_WITH(open_state(folder / "state"), Contains("it was written by a newer Freshet (schema 1000"));
    CHECK_THROWS_WITH(StateFile::open_read_only(folder / "state"), Contains("it was written by a newer Freshet"));
    CHECK(bytes_of(folder / "state") == before);
}

TEST_CASE("a newer state whose owner was killed keeps its log, too", "[store]") {
    const TempDir folder;
    run_and_kill([&] {
        static auto state = open_state(folder / "state");
        state.database().execute("PRAGMA user_version = 1000");
    });
    const auto log = bytes_of(folder / "state-wal");
    CHECK_THROWS_WITH(open_state(folder / "state"), Contains("it was written by a newer Freshet"));
    CHECK(bytes_of(folder / "state-wal") == log);
}

TEST_CASE("damage is detected at the start after an unclean stop, and the file is left unchanged", "[store]") {
    const TempDir folder;
    run_and_kill([&] {
        static auto state = open_state(folder / "state");
        write_meta(state, "kept", Durability::crash);
        state.database().execute("PRAGMA wal_checkpoint(TRUNCATE)");
    });
    overwrite(folder / "state", 4096 * 5 + 3, std::string(200, '\xff'));
    const auto damaged = bytes_of(folder / "state");
    CHECK_THROWS_WITH(open_state(folder / "state"), StartsWith("open state '") && Contains("it is damaged"));
    CHECK(bytes_of(folder / "state") == damaged);
}

TEST_CASE("a state whose log was lost or damaged after a kill is refused with the number of changes that it lacks",
          "[store]") {
    const TempDir folder;
    const auto path = folder / "state";
    run_and_kill([&] {
        static auto state = open_state(path);
        for (int i = 0; i < 23; ++i) write_meta(state, "in the log only", Durability::crash);
    });
    const auto log = path.string() + "-wal";
    SECTION("deleted") { fs::remove(log); }
    SECTION("cut") { fs::resize_file(log, fs::file_size(log) - 1); }
    SECTION("a flipped bit") { overwrite(log, static_cast<std::streamoff>(fs::file_size(log)) - 50, "#"); }
    SECTION("an empty file in the place of all") {
        fs::remove(log);
        fs::remove(path);
    }
    const auto before = exists_at(path) ? bytes_of(path) : "";
    CHECK_THROWS_AS(open_state(path), store::DamagedStateError);
    CHECK_THROWS_WITH(open_state(path), Contains("of 24 acknowledged changes") && Contains("state-wal' was lost"));
    CHECK(bytes_of(path) == before);
    fs::remove(path.string() + ".acknowledged");  // as the message says
    CHECK_NOTHROW(open_state(path));
}

TEST_CASE("a lost log is missed although somebody has looked at the state since the kill", "[store]") {
    const TempDir folder;
    run_and_kill([&] {
        static auto state = open_state(folder / "state");
        write_meta(state, "kept", Durability::crash);
    });
    fs::remove(folder / "state-wal");
    CHECK_THROWS_AS(store::check_state(folder / "state"), StoreError);
    CHECK_THROWS_AS(open_state(folder / "state"), store::DamagedStateError);
}

TEST_CASE("what another program has copied out of the log is not missed", "[store]") {
    const TempDir folder;
    run_and_kill([&] {
        static auto state = open_state(folder / "state");
        write_meta(state, "kept", Durability::crash);
    });
    store::Database::open(folder / "state", store::OpenMode::read_write).execute("PRAGMA wal_checkpoint(TRUNCATE)");
    auto state = open_state(folder / "state");
    CHECK(word_in(state) == "kept");
}

TEST_CASE("a state that was closed leaves nothing beside it but its lock", "[store]") {
    const TempDir folder;
    {
        auto state = open_state(folder / "state");
        write_meta(state, "kept", Durability::crash);
        CHECK(fs::exists(folder / "state.acknowledged"));
    }
    CHECK(freshet::files_below(folder.path()) == std::vector<fs::path>{"state", "state.lock"});
}

TEST_CASE("a state whose lock file was deleted has no second owner", "[store]") {
    const TempDir folder;
    const auto first = open_state(folder / "state");
    fs::remove(folder / "state.lock");
    CHECK(exit_code_of_process(User::same, [&] {
              try {
                  open_state(folder / "state");
              } catch (const store::LockedError& error) {
                  return std::string(error.what()).ends_with("state.lock' was deleted");
              }
              return false;
          }) == 0);
}

TEST_CASE("an owner whose log is deleted saves all in the state and acknowledges no more", "[store]") {
    const TempDir folder;
    {
        auto state = open_state(folder / "state");
        for (int i = 0; i < 20; ++i) write_meta(state, "kept", Durability::crash);
        fs::remove(folder / "state-wal");
        CHECK_THROWS_WITH(state.check_files(), Contains("state-wal' was removed") && Contains("saved in the state"));
        CHECK_THROWS_AS(write_meta(state, "changed", Durability::crash), StoreError);
    }
    auto state = open_state(folder / "state");
    CHECK(word_in(state) == "kept");
}

TEST_CASE("an owner that only writes misses its log before long", "[store]") {
    const TempDir folder;
    auto state = open_state(folder / "state");
    write_meta(state, "kept", Durability::crash);
    fs::remove(folder / "state-wal");
    const auto write_on = [&] {
        for (int i = 0; i < 100; ++i) write_meta(state, "changed", Durability::crash);
    };
    CHECK_THROWS_AS(write_on(), StoreError);
}

TEST_CASE("an owner whose state is deleted or replaced saves all beside it and names the file", "[store]") {
    const TempDir folder;
    const auto path = folder / "state";
    {
        auto state = open_state(path);
        for (int i = 0; i < 20; ++i) write_meta(state, "kept", Durability::crash);
        const bool is_replaced = GENERATE(false, true);
        if (is_replaced)
            freshet::write_file_atomically(path, "another");
        else
            fs::remove(path);
        CHECK_THROWS_WITH(state.check_files(), Contains("state.rescued': restore it"));
        CHECK_THROWS_AS(write_meta(state, "changed", Durability::crash), store::DamagedStateError);
    }
    if (!fs::exists(path)) CHECK_THROWS_WITH(open_state(path), Contains("it holds 0 of 21 acknowledged changes"));
    store::restore_state(path.string() + ".rescued", path, somebody);
    auto state = open_state(path);
    CHECK(word_in(state) == "kept");
}

TEST_CASE("a file on a network filesystem is rejected before anything is created", "[store]") {
    const TempDir folder;
    CHECK_THROWS_WITH(
        StateFile::open_exclusive(folder / "state", somebody, {.is_shared = [](const fs::path&) { return true; }}),
        Contains("it lies on a network filesystem, where SQLite loses data; name a file on a local disk"));
    CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("an owner that changes nothing leaves the file byte for byte and no log beside it", "[store]") {
    const TempDir folder;
    {
        auto state = open_state(folder / "state");
        write_meta(state, "kept", Durability::crash);
    }
    const auto before = bytes_of(folder / "state");
    {
        auto state = open_state(folder / "state");
        CHECK(word_in(state) == "kept");
    }
    CHECK(bytes_of(folder / "state") == before);
    CHECK_FALSE(fs::exists(folder / "state-wal"));
}

TEST_CASE("opening a small state takes less than three milliseconds of CPU time", "[store]") {
    const TempDir folder;
    {
        auto state = open_state(folder / "state");
        write_meta(state, "kept", Durability::crash);
    }
    auto fewest = std::numeric_limits<std::clock_t>::max();
    for (int i = 0; i < 10; ++i) {
        const auto start = std::clock();  // CPU time: other programs do not count
        auto state = open_state(folder / "state");
        fewest = std::min(fewest, std::clock() - start);
    }
    CHECK(fewest < 3 * CLOCKS_PER_SEC / 1000);
}

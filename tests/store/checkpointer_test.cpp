// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/tables.hpp"
#include "support/fake_clock.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <thread>

namespace store = freshet::store;
using freshet::test::FakeClock;
using freshet::test::TempDir;
using store::Durability;
using store::StateFile;
using namespace std::chrono_literals;

TEST_CASE("the log restarts after a background checkpoint while the writer continues", "[store]") {
    const TempDir folder;
    const auto path = folder / "state.sqlite";
    constexpr std::uintmax_t most = 64u << 20;
    int written = 0;
    {
        auto state = StateFile::open_exclusive(
            path, store::LockHolder{.host = "h", .pid = 1, .since = FakeClock::start, .command = "r"});
        state.checkpoint_in_background();
        store::StateTables tables(state);
        const freshet::SystemClock clock;
        const auto deadline = clock.steady_now() + 60s;
        const auto log = path.string() + "-wal";
        // 150 MB in all: without a fresh beginning the log would hold every byte of them.
        while (written < 1500 && clock.steady_now() < deadline) {
            auto transaction = state.begin();
            tables.set_meta("number", std::to_string(++written));
            tables.add_history({.at = FakeClock::start, .task_id = std::string(100'000, 't'), .status = "DONE"});
            transaction.commit(Durability::crash);
            while (std::filesystem::file_size(log) > most && clock.steady_now() < deadline) {
                auto small = state.begin();
                tables.set_meta("waits", "for the other thread");
                small.commit(Durability::crash);
            }
        }
        CHECK(std::filesystem::file_size(path) > most);
    }
    CHECK_FALSE(std::filesystem::exists(path.string() + "-wal"));
    auto state = StateFile::open_read_only(path);
    CHECK(store::StateTables(state).meta("number") == std::to_string(written));
    CHECK(written == 1500);
}

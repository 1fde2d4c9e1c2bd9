// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/damage.hpp"

#include "store/backup.hpp"
#include "store/schema.hpp"
#include "store/tables.hpp"
#include "support/fake_clock.hpp"
#include "support/temp_dir.hpp"

#include <sqlite3.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace store = freshet::store;
namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using freshet::test::FakeClock;
using freshet::test::TempDir;
using store::StateFile;

namespace {

const store::LockHolder owner{.host = "h", .pid = 1, .since = FakeClock::start, .command = "r"};

using Records = std::map<std::string, std::string>;

/// A closed state whose records differ in size: some fill several pages.
fs::path write_state(const TempDir& folder) {
    const fs::path path = folder / "state";
    auto state = StateFile::open_exclusive(path, owner);
    store::StateTables tables(state);
    auto transaction = state.begin();
    for (int i = 0; i < 60; ++i) {
        const auto id = "Load_" + std::to_string(i);
        tables.upsert_task({.task_id = id,
                            .family = "Load",
                            .params = "{}",
                            .status = "PENDING",
                            .updated = FakeClock::start,
                            .record = std::string(i % 20 == 0 ? 9000 : 300, 'r')});
        tables.add_history({.at = FakeClock::start, .task_id = id, .status = "PENDING"});
        tables.start_attempt({.run_id = "r", .task_id = id, .worker = "w", .started = FakeClock::start});
    }
    tables.upsert_worker({.worker_id = "w", .record = "{}"});
    transaction.commit(store::Durability::power_cut);
    return path;
}

constexpr std::pair<const char*, const char*> queries[] = {
    {"task", "SELECT task_id, position || family || params || status || updated || record FROM tasks NOT INDEXED"},
    {"state change of", "SELECT task_id, id || at || status || worker || detail FROM history NOT INDEXED"},
    {"attempt at", "SELECT task_id, id || run_id || number || worker || started || status FROM attempts NOT INDEXED"},
    {"worker", "SELECT worker_id, record FROM workers"},
    {"setting", "SELECT key, value FROM meta"},
};

/// All rows that a reader who checks nothing gets, by what names them. Where SQLite itself gives up a table, the rest
/// of it is as in `whole`: nobody takes it for read.
Records records_in(const fs::path& path, const Records& whole = {}) {
    Records records;
    store::PageNumbers ignored;
    for (const auto& [noun, sql] : queries) {
        try {
            auto database = store::Database::open(path, store::OpenMode::immutable);
            database.tolerate_damaged_pages(ignored);
            database.prepare(sql).each([&](const store::Row& row) {
                records[std::string(noun) + " '" + std::string(row.text(0)) + "'"] = row.text(1);
            });
        } catch (const freshet::Error&) {
            for (const auto& [name, value] : whole)
                if (name.starts_with(std::string(noun) + " '")) records.emplace(name, value);
        }
    }
    return records;
}

/// The nouns and names of records that one of the two lacks or has otherwise.
std::vector<std::string> changed(const Records& before, const Records& after) {
    std::vector<std::string> names;
    for (const auto& [name, value] : before)
        if (const auto found = after.find(name); found == after.end() || found->second != value) names.push_back(name);
    return names;
}

void flip(const fs::path& path, std::uint64_t bit) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(bit / 8));
    const auto byte = static_cast<char>(file.get() ^ (1 << (bit % 8)));
    file.seekp(static_cast<std::streamoff>(bit / 8));
    file.put(byte);
}

/// A state as version 2 left it: without checksums.
void write_version_2(const fs::path& path, const std::string& rows) {
    sqlite3* connection = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &connection) == SQLITE_OK);
    std::string sql = "PRAGMA journal_mode = WAL;";
    for (const auto& step : store::migrations().first(2)) sql += step.sql;
    sql += "PRAGMA application_id = " + std::to_string(store::application_id) + "; PRAGMA user_version = 2;" + rows;
    CHECK(sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(connection);
}

std::string finding_of_check(const fs::path& path) {
    try {
        store::check_state(path);
        return "";
    } catch (const freshet::StoreError& error) {
        return error.what();
    }
}

/// Whether the name is in the text as it was, or with the one character that a flipped bit has changed.
bool names(const std::string& text, const std::string& name) {
    for (std::size_t begin = 0; begin + name.size() <= text.size(); ++begin)
        if (std::inner_product(name.begin(), name.end(), text.begin() + static_cast<std::ptrdiff_t>(begin), 0,
                               std::plus<>(), std::not_equal_to<>()) <= 1)
            return true;
    return false;
}

}  // namespace

TEST_CASE("each flipped bit that changes a record is found, and the record is named", "[store]") {
    const TempDir folder;
    const auto whole = write_state(folder);
    const Records before = records_in(whole);
    REQUIRE(before.size() > 180);
    REQUIRE(finding_of_check(whole).empty());
    const auto seed = std::random_device{}();
    std::cout << "seed " << seed << '\n';
    std::mt19937_64 random(seed);
    int changes = 0;
    for (int round = 0; round < 400; ++round) {
        const TempDir place;
        const auto path = place / "state";
        fs::copy_file(whole, path);
        const auto bit = random() % (fs::file_size(whole) * 8);
        flip(path, bit);
        const Records after = records_in(path, before);
        const auto lost = changed(before, after);
        if (lost.empty()) continue;
        ++changes;
        CAPTURE(seed, bit, bit / 8 / 4096 + 1);
        const auto finding = finding_of_check(path);
        CHECK_THAT(finding, Contains("it is damaged") || Contains("it is not a state of Freshet"));
        CAPTURE(finding);
        const bool names_all = names(finding, "as a whole") || names(finding, "(page 1 differs");  // the schema
        const auto renamed = changed(after, before);  // a name of another length is named as it is now
        const bool names_new = std::ranges::any_of(renamed, [&](const auto& name) { return names(finding, name); });
        for (const std::string& name : lost) CHECK((names_all || names_new || names(finding, name)));
    }
    CHECK(changes > 50);
}

TEST_CASE("a flipped bit is found by the start after an unclean stop, which names the record", "[store]") {
    const TempDir folder;
    const auto path = write_state(folder);
    store::Database::open(path, store::OpenMode::read_write)
        .execute("INSERT INTO meta VALUES('open', '1'); UPDATE tasks SET record = 'needle' WHERE task_id = 'Load_7'");
    auto content = freshet::read_file(path);
    flip(path, content.find("needle") * 8);
    CHECK_THROWS_AS(StateFile::open_exclusive(path, owner), store::DamagedStateError);
    CHECK_THROWS_WITH(StateFile::open_exclusive(path, owner),
                      Contains("differs from its checksum: ") && Contains("task 'Load_7'"));
}

TEST_CASE("a page in the place of another and a page of zeros are found", "[store]") {
    const TempDir folder;
    const auto path = write_state(folder);
    constexpr std::size_t page_size = 4096;
    auto content = freshet::read_file(path);
    const auto last = content.size() - page_size;
    SECTION("another page") { content.replace(last, page_size, content.substr(last - page_size, page_size)); }
    SECTION("zeros") { content.replace(last, page_size, page_size, '\0'); }
    freshet::write_file_atomically(path, content);
    const auto page = std::to_string(last / page_size + 1);
    CHECK_THAT(finding_of_check(path), Contains("page " + page + " differs from its checksum"));
}

TEST_CASE("a state of an older version has its records and a checksum of each page from the next start on", "[store]") {
    const TempDir folder;
    const auto path = folder / "state";
    write_version_2(path, "INSERT INTO tasks VALUES(7, 'Load_1', 'Load', '{}', 'DONE', 1.0, 'needle')");
    CHECK_FALSE(store::check_state(path).has_checksums);
    {
        auto state = StateFile::open_exclusive(path, owner);
        CHECK(store::History(state).task("Load_1")->record == "needle");
        state.begin().commit(store::Durability::crash);
    }
    const auto summary = store::check_state(path);
    CHECK(summary.has_checksums);
    CHECK(summary.version == store::migrations().back().version);
    flip(path, freshet::read_file(path).find("needle") * 8);
    CHECK_THAT(finding_of_check(path), Contains("task 'Load_1'"));
}

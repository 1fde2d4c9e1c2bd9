// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/database.hpp"

#include "freshet/error.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using freshet::StoreError;
using freshet::Time;
using freshet::store::Database;
using freshet::store::Durability;
using freshet::store::OpenMode;
using freshet::store::Row;
using freshet::store::Transaction;
using freshet::test::TempDir;

namespace {

Database with_table() {
    auto database = Database::in_memory();
    database.execute("CREATE TABLE things(name TEXT, weight REAL, amount INTEGER) STRICT");
    return database;
}

std::int64_t things(const Database& database) { return database.number("SELECT count(*) FROM things"); }

}  // namespace

TEST_CASE("values are read from the database as they were bound", "[store]") {
    auto database = with_table();
    const std::string with_zero("a\0b", 3);
    database.prepare("INSERT INTO things VALUES(?, ?, ?)").run(with_zero, 0.1, std::int64_t{1} << 62);
    database.prepare("SELECT * FROM things").each([&](const Row& row) {
        CHECK(row.get<std::string>(0) == with_zero);
        CHECK(row.get<double>(1) == 0.1);
        CHECK(row.get<std::int64_t>(2) == std::int64_t{1} << 62);
    });
}

TEST_CASE("nullopt is stored as NULL and an empty text is not", "[store]") {
    auto database = with_table();
    database.prepare("INSERT INTO things VALUES(?, ?, ?)").run(std::string_view(), std::optional<Time>(), 1);
    CHECK(database.number("SELECT name = '' AND weight IS NULL FROM things") == 1);
    const auto weight = database.prepare("SELECT weight FROM things").first<std::optional<Time>>();
    CHECK(weight == std::optional<std::optional<Time>>(std::in_place));
}

TEST_CASE("a transaction that is not committed is rolled back", "[store]") {
    auto database = with_table();
    {
        const Transaction transaction(database);
        database.execute("INSERT INTO things VALUES('a', 1.0, 1)");
    }
    CHECK(things(database) == 0);
    Transaction transaction(database);
    database.execute("INSERT INTO things VALUES('b', 1.0, 1)");
    transaction.commit(Durability::crash);
    CHECK(things(database) == 1);
}

TEST_CASE("a statement whose visitor throws can be run again and leaves the next transaction free", "[store]") {
    auto database = with_table();
    database.execute("INSERT INTO things VALUES('a', 1.0, 1), ('b', 2.0, 2)");
    auto names = database.prepare("SELECT name FROM things ORDER BY name");
    CHECK_THROWS_AS(names.each([](const Row&) { throw StoreError("stop"); }), StoreError);
    Transaction(database).commit(Durability::crash);
    CHECK(names.first<std::string>() == "a");
}

TEST_CASE("a table rejects a value of the wrong type", "[store]") {
    auto database = with_table();
    CHECK_THROWS_WITH(database.prepare("INSERT INTO things VALUES(?, ?, ?)").run("a", "heavy", 1),
                      Catch::Matchers::StartsWith("write to state ':memory:': "));
}

TEST_CASE("a full disk is a DiskFullError that rolls back, and a later try succeeds", "[store]") {
    const TempDir folder;
    auto database = Database::open(folder / "state", OpenMode::read_write);
    database.use_write_ahead_log();
    database.execute("CREATE TABLE things(name TEXT, weight REAL, amount INTEGER) STRICT; PRAGMA max_page_count = 4");
    auto insert = database.prepare("INSERT INTO things VALUES(?, 1.0, 1)");
    const std::string large(100'000, 'x');
    {
        const Transaction transaction(database);
        insert.run("small");
        CHECK_THROWS_MATCHES(
            insert.run(large), freshet::DiskFullError,
            Catch::Matchers::Message("write to state '" + (folder / "state").string() + "': the disk is full"));
    }
    CHECK(things(database) == 0);
    database.execute("PRAGMA max_page_count = 1000");
    Transaction transaction(database);
    insert.run(large);
    transaction.commit(Durability::power_cut);
    CHECK(things(database) == 1);
}

TEST_CASE("a commit for a power cut works with and without earlier unsynced commits", "[store]") {
    const TempDir folder;
    auto database = Database::open(folder / "state", OpenMode::read_write);
    database.use_write_ahead_log();
    database.execute("CREATE TABLE things(name TEXT, weight REAL, amount INTEGER) STRICT");
    for (const auto durability : {Durability::power_cut, Durability::crash, Durability::power_cut, Durability::crash}) {
        Transaction transaction(database);
        database.execute("INSERT INTO things VALUES('a', 1.0, 1)");
        transaction.commit(durability);
    }
    database.sync();
    database.sync();
    CHECK(things(database) == 4);
}

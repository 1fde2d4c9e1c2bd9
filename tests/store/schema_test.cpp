// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/schema.hpp"

#include "freshet/error.hpp"

#include <catch2/catch.hpp>

#include <array>

namespace store = freshet::store;
using store::Database;
using store::Migration;

namespace {

constexpr std::array first = {Migration{1, "CREATE TABLE a(x INTEGER) STRICT"}};
constexpr std::array first_and_second = {first[0], Migration{2, "CREATE TABLE b AS SELECT x + 1 AS y FROM a"}};
constexpr std::array broken_second = {first[0], Migration{2, "CREATE TABLE b(y INTEGER); CREATE TABLE a(x INTEGER)"}};

}  // namespace

TEST_CASE("a state of an older version is migrated with its content", "[store]") {
    auto database = Database::in_memory();
    store::migrate(database, first);
    database.execute("INSERT INTO a VALUES(41)");
    CHECK_FALSE(store::is_current(database, first_and_second));
    store::migrate(database, first_and_second);
    CHECK(store::is_current(database, first_and_second));
    CHECK(database.number("SELECT y FROM b") == 42);
}

TEST_CASE("a failed migration leaves the older version unchanged", "[store]") {
    auto database = Database::in_memory();
    store::migrate(database, first);
    CHECK_THROWS_AS(store::migrate(database, broken_second), freshet::StoreError);
    CHECK(store::is_current(database, first));
    CHECK(database.number("SELECT count(*) FROM sqlite_schema WHERE name = 'b'") == 0);
}

TEST_CASE("a state of a newer version is rejected", "[store]") {
    auto database = Database::in_memory();
    store::migrate(database, first_and_second);
    CHECK_THROWS_WITH(store::check_header(database, "/data/state", first),
                      "open state '/data/state': it was written by a newer Freshet (schema 2, this one knows 1)");
}

TEST_CASE("the database of another program is rejected", "[store]") {
    auto database = Database::in_memory();
    CHECK(store::check_header(database, "/data/state") == store::HeaderCheck::empty);
    database.execute("CREATE TABLE accounts(name TEXT)");
    CHECK_THROWS_WITH(store::check_header(database, "/data/state"),
                      "open state '/data/state': it is the database of another program");
}

TEST_CASE("a state of the first version loses its indexes by time and nothing else", "[store]") {
    auto database = Database::in_memory();
    store::migrate(database, store::migrations().first(1));
    database.execute("INSERT INTO history(at, task_id, status, worker, detail) VALUES(1, 'a', 'DONE', 'w', '')");
    const auto before = database.number("SELECT count(*) FROM sqlite_schema");
    store::migrate(database, store::migrations().first(4));
    CHECK(database.number("SELECT count(*) FROM sqlite_schema") == before - 2);
    CHECK(database.number("SELECT count(*) FROM history WHERE task_id = 'a'") == 1);
}

TEST_CASE("an event of the third version waits with its subject and is not dead", "[store]") {
    auto database = Database::in_memory();
    store::migrate(database, store::migrations().first(3));
    database.execute(
        R"sql(INSERT INTO outbox(event_id, key, document, stored) VALUES('a', 'gfs', '{"subject": "gfs/06"}', 1),
                                                                        ('b', 'gfs', '{}', 1), ('c', 'gfs', NULL, 1);
              INSERT INTO deliveries(position, sink) VALUES(1, 'web'))sql");
    store::migrate(database, store::migrations());
    CHECK(database.number("SELECT count(*) FROM outbox WHERE event_id = 'a' AND subject = 'gfs/06'") == 1);
    CHECK(database.number("SELECT count(*) FROM outbox WHERE subject = ''") == 2);
    CHECK(database.number("SELECT count(*) FROM deliveries WHERE dead_at IS NULL AND rejections = 0") == 1);
}

TEST_CASE("an event of the fourth version is found by its dataset", "[store]") {
    auto database = Database::in_memory();
    store::migrate(database, store::migrations().first(4));
    database.execute(
        R"sql(INSERT INTO outbox(event_id, key, document, stored)
              VALUES('a', 'k', '{"type": "t", "data": {"dataset": "d", "cycle": "1"}}', 1), ('b', 'k', 'no JSON', 1))sql");
    store::migrate(database, store::migrations());
    CHECK(database.number("SELECT count(*) FROM outbox INDEXED BY outbox_by_dataset WHERE document IS NOT NULL "
                          "AND type = 't' AND dataset = 'd' AND cycle = '1'") == 1);
}

TEST_CASE("the steps of the schema are numbered without a gap", "[store]") {
    int version = 0;
    for (const auto& step : store::migrations()) CHECK(step.version == ++version);
}

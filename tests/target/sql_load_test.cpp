// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/error.hpp"
#include "freshet/file.hpp"
#include "sql_fixture.hpp"
#include "support/skip.hpp"
#include "support/temp_dir.hpp"

#include <barrier>
#include <limits>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace freshet;
using namespace freshet::test;
using Catch::Matchers::Contains;

static_assert(BeginsAttempt<SqlTarget> && RetiredTarget<SqlTarget> && BulkTarget<SqlTarget>);

TEST_CASE("an address names server, database and target, and no password", "[sql]") {
    const auto address = [](const std::string& connection) { return SqlTarget(connection, "readings/1").address(); };
    CHECK(address("postgresql://me:secret@db.example.org:6432/sensors?sslmode=require") ==
          "postgresql://db.example.org:6432/sensors#readings/1");
    CHECK(address("host=db.example.org dbname=sensors user=me password='my secret'") ==
          "postgresql://db.example.org:5432/sensors#readings/1");
    CHECK(address("host=/run/postgresql user=me dbname=me") == "postgresql://%2Frun%2Fpostgresql:5432/me#readings/1");
    CHECK_THROWS_AS(address("password=my secret"), ParameterError);
    CHECK_THROWS_WITH(address("password=my secret"), !Contains("secret"));
    CHECK_THROWS_AS(SqlTarget("", ""), ParameterError);
}

TEST_CASE("a server that does not answer is a transient failure", "[sql]") {
    const SqlTarget target("host=/nowhere", "readings/1");
    CHECK_THROWS_AS(target.exists(), TransientError);
    CHECK_THROWS_WITH(target.exists(), Contains("look for 'postgresql://%2Fnowhere:5432/postgres#readings/1': "));
}

TEST_CASE_METHOD(SqlFixture, "outside an attempt a load commits its rows at once, the first time only", "[sql]") {
    CHECK_FALSE(target.exists());
    CHECK(ask("SELECT to_regclass('freshet_targets') IS NULL") == "t");  // a question changes nothing
    CHECK(target.load(copy()));
    CHECK(counts() == "1000|0");
    CHECK(target.exists());
    CHECK(target.receipt() == std::nullopt);
    CHECK_FALSE(target.load(copy()));
    CHECK(counts() == "1000|0");
}

TEST_CASE_METHOD(SqlFixture, "a load that throws leaves nothing behind", "[sql]") {
    const auto load = [&](const auto& fail) {
        target.load([&](SqlTransaction& transaction) {
            copy()(transaction);
            fail(transaction);
        });
    };
    CHECK_THROWS_AS(load([](SqlTransaction&) { throw std::runtime_error("a bad day"); }), std::runtime_error);
    CHECK_THROWS_WITH(
        load([](SqlTransaction& transaction) { transaction.execute("SELEKT 1"); }),
        Contains("execute a statement for '" + target.address() + "': syntax error at or near \"SELEKT\""));
    CHECK_THROWS_WITH(load([](SqlTransaction& transaction) { transaction.execute("INSERT INTO readings VALUES (1)"); }),
                      Contains("duplicate key value"));
    CHECK(counts() == "0|0");
    CHECK_FALSE(target.exists());
    CHECK(ask("SELECT done, claim FROM freshet_targets") == "f|");
    CHECK(target.load(copy()));
}

TEST_CASE_METHOD(SqlFixture, "values come back as they went in, by parameters and by COPY", "[sql]") {
    const std::string odd = "tab\t, line\n, return\r, backslash \\N \\. , quote ' \", Zürich";
    ask("CREATE TABLE mixed (n int, text text, flag bool, real float8, at timestamptz)");
    const Time at = std::chrono::sys_days(std::chrono::year(2026) / 8 / 21) + std::chrono::milliseconds(1);
    const SqlRow row{1, odd, true, 0.1, at};
    const SqlRow empty{2, "", false, std::numeric_limits<double>::infinity(), nullptr};
    target.load([&](SqlTransaction& transaction) {
        CHECK(transaction.execute("INSERT INTO mixed VALUES ($1, $2, $3, $4, $5)", row) == 1);
        std::vector<SqlRow> left{row, empty};
        CHECK(transaction.copy("mixed", {"n", "text", "flag", "real", "at"}, [&](SqlRow& next) {
            if (left.empty()) return false;
            next = left.front();
            left.erase(left.begin());
            return true;
        }) == 2);
        CHECK(transaction.query("SELECT n, text, flag, real FROM mixed ORDER BY n, text") ==
              std::vector<SqlRow>{{"1", odd, "t", "0.1"}, {"1", odd, "t", "0.1"}, {"2", "", "f", "Infinity"}});
        CHECK(transaction.query("SELECT at = $1, at IS NULL FROM mixed WHERE n = $2", {at, 2}) ==
              std::vector<SqlRow>{{nullptr, "t"}});
    });
    CHECK(ask("SELECT count(*) FROM mixed WHERE at = '2026-08-21T00:00:00.001Z'") == "2");
    CHECK_THROWS_AS(SqlValue(std::string("a\0b", 3)), Error);
}

TEST_CASE_METHOD(SqlFixture, "a copy that fails leaves none of its rows, and the transaction goes on", "[sql]") {
    target.load([&](SqlTransaction& transaction) {
        CHECK_THROWS_AS(copy([] { throw std::runtime_error("no more"); })(transaction), std::runtime_error);
        CHECK_THROWS_WITH(transaction.copy("readings", {"id", "value"},
                                           [n = 0](SqlRow& row) mutable {
                                               row = {"x"};
                                               return n++ == 0;
                                           }),
                          Contains("copy rows into table 'readings' for '") && Contains("invalid input syntax"));
        CHECK_THROWS_WITH(transaction.copy_csv("readings", "/nowhere.csv"), Contains("read '/nowhere.csv'"));
        transaction.execute("INSERT INTO readings VALUES (1, 'one')");
    });
    CHECK(ask("SELECT * FROM readings") == "1|one");
    CHECK(ask("SELECT rows FROM freshet_targets") == "0");
}

TEST_CASE_METHOD(SqlFixture, "a CSV file is copied as PostgreSQL reads it", "[sql]") {
    const TempDir dir;
    std::string text = "value,\"id\"\r\n\"a \"\"quoted\"\",\nvalue\",1\r\n,2\r\n\"\",3\r\n";
    for (int id = 4; id < 20'000; ++id) text += "v," + std::to_string(id) + "\r\n";  // more than is sent at once
    write_file_atomically(dir / "file.csv", text);
    target.load(
        [&](SqlTransaction& transaction) { CHECK(transaction.copy_csv("readings", dir / "file.csv") == 19'999); });
    CHECK(ask("SELECT value FROM readings WHERE id = 1") == "a \"quoted\",\nvalue");
    CHECK(ask("SELECT value IS NULL FROM readings WHERE id IN (2, 3) ORDER BY id") == "t\nf");
    CHECK(counts() == "19999|0");
}

TEST_CASE_METHOD(SqlFixture, "processes that need the table of markers at once all find it", "[sql]") {
    constexpr int count = 8;
    std::barrier start(count);
    std::vector<std::thread> threads;
    std::atomic<int> loaded = 0;
    for (int i = 0; i < count; ++i)
        threads.emplace_back([&, i] {
            start.arrive_and_wait();
            loaded += SqlTarget(connection, std::to_string(i)).load([](SqlTransaction&) {});
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(loaded == count);
}

TEST_CASE_METHOD(SqlFixture, "many targets are asked for in their order, whatever their names", "[sql]") {
    std::vector<SqlTarget> targets;
    for (int i = 0; i < 10'001; ++i) targets.emplace_back(connection, "readings/" + std::to_string(i));
    targets.emplace_back(connection, "a \"quoted\", \\ {odd} 'name'");
    targets.emplace_back("host=/tmp/../" + std::string(std::getenv("PGHOST")) + " " + connection, "readings/10000");
    CHECK(SqlTarget::exist(targets) == std::vector<bool>(targets.size()));
    for (const std::size_t i : {7U, 10'000U, 10'001U}) targets[i].load([](SqlTransaction&) {});
    std::vector<bool> expected(targets.size());
    expected[7] = expected[10'000] = expected[10'001] = expected[10'002] = true;
    CHECK(SqlTarget::exist(targets) == expected);
    CHECK(SqlTarget::exist({}).empty());
}

TEST_CASE_METHOD(SqlFixture, "the digest of the query tells rows that were changed later", "[sql]") {
    const SqlTarget checked = target.verify_with("SELECT id, value, now() > '2020-01-01' FROM readings ORDER BY id");
    CHECK(checked.content() == std::nullopt);
    CHECK(SqlAttempt(checked).run(copy()) == PublishResult::published);
    const auto published = checked.content();
    REQUIRE(published);
    CHECK(published->sha256.size() == 64);
    CHECK(checked.receipt() == SqlFixture::receipt(*published));
    const SqlTarget elsewhere(connection + " application_name=other", target.name());
    CHECK(elsewhere.verify_with("SELECT id, value, true FROM readings ORDER BY id").content() == published);
    ask("UPDATE readings SET value = NULL WHERE id = 500");
    CHECK(checked.content()->sha256 != published->sha256);
    CHECK(target.content() == Content{});  // nothing to compare with
}

TEST_CASE_METHOD(SqlFixture, "a retired target is made again, without the rows that it had", "[sql]") {
    const SqlTarget own = target.remove_with("DELETE FROM readings");
    CHECK(own.retire().empty());
    CHECK(SqlAttempt(own).run(copy()) == PublishResult::published);
    CHECK(own.retire() == "freshet_targets.stale_receipt");
    CHECK_FALSE(own.exists());
    CHECK(own.receipt() == std::nullopt);
    CHECK(counts() == "0|0");
    CHECK(ask("SELECT stale_receipt FROM freshet_targets") == R"({"size":0,"sha256":""})");
    CHECK(own.retire().empty());
    rows = 10;
    CHECK(SqlAttempt(own).run(copy()) == PublishResult::published);
    CHECK(counts() == "10|0");
}

TEST_CASE_METHOD(SqlFixture, "the rows of others, without a receipt, are not retired", "[sql]") {
    const SqlTarget own = target.remove_with("DELETE FROM readings");
    own.load(copy());
    CHECK(own.retire().empty());
    CHECK(counts() == "1000|0");
}

TEST_CASE_METHOD(SqlFixture, "without TimescaleDB a table stays as it is", "[sql]") {
    target.load([&](SqlTransaction& transaction) { CHECK_FALSE(transaction.create_hypertable("readings", "id")); });
    CHECK(target.exists());
}

TEST_CASE_METHOD(SqlFixture, "with TimescaleDB a table becomes a hypertable, once", "[sql]") {
    if (ask("SELECT 1 FROM pg_available_extensions WHERE name = 'timescaledb'").empty())
        return skip("the server has no TimescaleDB");
    psql("CREATE DATABASE timescale");
    const SqlTarget hyper("dbname=timescale", "readings/1");
    hyper.load([&](SqlTransaction& transaction) {
        transaction.execute("CREATE EXTENSION timescaledb");
        transaction.execute("CREATE TABLE readings (at timestamptz NOT NULL, value float8)");
        CHECK(transaction.create_hypertable("readings", "at"));
        CHECK(transaction.create_hypertable("readings", "at"));
    });
    CHECK(hyper.exists());
}

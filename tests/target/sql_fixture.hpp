// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/digest.hpp"
#include "freshet/sql.hpp"
#include "support/fake_clock.hpp"
#include "target/staging.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string>

namespace freshet::test {

/// Runs a shell command; returns what it printed, without the last newline.
inline std::string printed_by(const std::string& command) {
    FILE* pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string text;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
    REQUIRE(::pclose(pipe) == 0);
    if (text.ends_with('\n')) text.pop_back();
    return text;
}

/// psql's answer to a statement: a reader that is not ours.
inline std::string psql(const std::string& statement, const std::string& schema = "public") {
    return printed_by("PGOPTIONS='-c search_path=" + schema + "' psql -At -q -v ON_ERROR_STOP=1 <<'END'\n" + statement +
                      "\nEND");
}

/// Ends ("stop", "kill") or starts the server.
inline void postgres_server(const std::string& action) {
    printed_by("\"$POSTGRES_SERVER\" " + action + " \"$PGHOST\"");
}

/// A schema of its own, with an empty table `readings` whose key refuses to have a row twice.
struct SqlFixture {
    SqlFixture() {
        psql("CREATE SCHEMA " + schema + "; CREATE TABLE " + schema + ".readings (id int PRIMARY KEY, value text)");
    }

    std::string schema = "s" + uuid4().substr(0, 8);
    std::string connection = "options='-c search_path=" + schema + "'";
    SqlTarget target{connection, "readings/1"};
    int rows = 1000;

    std::string ask(const std::string& statement) const { return psql(statement, schema); }
    /// Those of `rows` rows that are there, and those that are there twice or should not be.
    std::string counts() const { return ask("SELECT count(*), count(*) - count(DISTINCT id) FROM readings"); }

    /// The load of a task: copies `rows` rows, and calls `halfway` in their midst.
    std::function<void(SqlTransaction&)> copy(const std::function<void()>& halfway = [] {}) const {
        return [this, halfway](SqlTransaction& transaction) {
            int id = 0;
            transaction.copy("readings", {"id", "value"}, [&](SqlRow& row) {
                if (id == rows / 2) halfway();
                row = {id, "value " + std::to_string(id)};
                return id++ < rows;
            });
        };
    }

    static Json receipt(const Content& content) {
        return Json::Object{{"size", static_cast<std::int64_t>(content.size)}, {"sha256", content.sha256}};
    }
};

/// The engine's part of an attempt: everything in the order in which the engine calls it.
struct SqlAttempt {
    explicit SqlAttempt(SqlTarget of, std::int64_t lease = 0, std::string token = "t" + uuid4().substr(0, 8))
        : target(std::move(of)), attempt{.token = std::move(token), .lease = lease} {}

    SqlTarget target;
    TargetAttempt attempt;
    FakeClock clock{};
    target::TemporarySweeper sweeper{clock};
    target::Staging staging{attempt.token, sweeper};
    Json staged{};

    void begin() { target.begin(attempt); }
    bool load(const std::function<void(SqlTransaction&)>& write) {
        const target::StagingScope scope(staging, &attempt);
        return target.load(write);
    }
    void stage() { staged = target.stage(attempt, &SqlFixture::receipt); }
    PublishResult commit() { return target.commit(attempt, staged, IfExists::keep); }

    PublishResult run(const std::function<void(SqlTransaction&)>& write) {
        begin();
        load(write);
        stage();
        return commit();
    }
};

}  // namespace freshet::test

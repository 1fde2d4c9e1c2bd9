// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/error.hpp"
#include "sql_fixture.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <barrier>
#include <thread>
#include <vector>

using namespace freshet;
using namespace freshet::test;
using Catch::Matchers::Contains;

namespace {

/// A process forked from this one, which says when it is somewhere.
class Child {
public:
    /// `run` gets a function that tells the parent. The exit code is what it returns; 75 after a TransientError.
    explicit Child(const std::function<int(const std::function<void()>& tell)>& run) {
        int ends[2];
        REQUIRE(::pipe(ends) == 0);
        pid_ = ::fork();
        REQUIRE(pid_ >= 0);
        if (pid_ == 0)
            ::_exit(code_of([&] {
                return run([&] {
                    if (::write(ends[1], "x", 1) != 1) ::_exit(98);
                });
            }));
        ::close(ends[1]);
        from_child_ = ends[0];
    }
    ~Child() {
        ::close(from_child_);
        if (pid_ < 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    void wait_until_told() const {
        char word = 0;
        REQUIRE(::read(from_child_, &word, 1) == 1);
    }
    void wait_until_stopped() const { REQUIRE(::waitpid(pid_, nullptr, WUNTRACED) == pid_); }
    void send(int signal) const { REQUIRE(::kill(pid_, signal) == 0); }
    /// Waits for its end; its exit code, or -1 after a signal.
    int wait() {
        int status = 0;
        REQUIRE(::waitpid(pid_, &status, 0) == pid_);
        pid_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

private:
    static int code_of(const std::function<int()>& run) {
        try {
            return run();
        } catch (const TransientError&) {
            return 75;
        } catch (...) {
            return 99;
        }
    }

    pid_t pid_ = -1;
    int from_child_ = -1;
};

}  // namespace

TEST_CASE_METHOD(SqlFixture, "the rows of an attempt and its receipt appear together when it is staged", "[sql]") {
    SqlAttempt attempt(target, 7);
    attempt.begin();
    CHECK_FALSE(target.exists());
    CHECK(attempt.load(copy()));
    {
        const target::StagingScope scope(attempt.staging, &attempt.attempt);
        CHECK(target.exists());  // for the attempt itself
    }
    CHECK_FALSE(target.exists());
    CHECK(counts() == "0|0");
    attempt.stage();
    CHECK(attempt.staged == Json(Json::Object{{"rows", rows}}));
    CHECK(counts() == "1000|0");
    CHECK(attempt.commit() == PublishResult::published);
    CHECK(attempt.commit() == PublishResult::published);
    CHECK(target.exists());
    CHECK(target.receipt() == Json(Json::Object{{"size", 0}, {"sha256", ""}}));
    CHECK(ask("SELECT name, done, claim = '" + attempt.attempt.token + "', lease, rows FROM freshet_targets") ==
          "readings/1|t|t|7|1000");
}

TEST_CASE_METHOD(SqlFixture, "an attempt killed at any point leaves all rows or none, and the next has all once",
                 "[sql]") {
    const int point = GENERATE(0, 1, 2, 3);
    const Child child([&](const auto& tell) {
        SqlAttempt attempt(target, 5);
        const auto here = [&](int now) {
            if (now != point) return;
            tell();
            ::pause();
        };
        attempt.begin();
        here(0);
        attempt.load(copy([&] { here(1); }));
        here(2);
        attempt.stage();
        here(3);
        return 0;
    });
    child.wait_until_told();
    child.send(SIGKILL);
    INFO("killed at point " << point);
    CHECK(counts() == (point == 3 ? "1000|0" : "0|0"));
    CHECK(target.exists() == (point == 3));
    // Also with the numbers of a scheduler that has lost its state.
    SqlAttempt next(target, 1);
    next.begin();
    CHECK(next.load(copy()) == (point != 3));
    next.stage();
    CHECK(next.staged.is_null() == (point == 3));
    CHECK(next.commit() == (point == 3 ? PublishResult::superseded : PublishResult::published));
    CHECK(counts() == "1000|0");
}

TEST_CASE_METHOD(SqlFixture, "a stopped attempt that goes on after a later one has begun publishes nothing", "[sql]") {
    const bool has_loaded = GENERATE(true, false);
    Child child([&](const auto&) {
        SqlAttempt attempt(target, 1);
        attempt.begin();
        if (has_loaded) attempt.load(copy());  // holds the locks of all its keys
        ::raise(SIGSTOP);
        if (!has_loaded) attempt.load(copy());
        attempt.stage();
        return 0;
    });
    child.wait_until_stopped();
    SqlAttempt later(target, 2, "later");
    later.begin();
    if (has_loaded) CHECK(later.load(copy()));
    child.send(SIGCONT);
    CHECK(child.wait() == 75);
    if (!has_loaded) CHECK(later.load(copy()));
    later.stage();
    CHECK(later.commit() == PublishResult::published);
    CHECK(counts() == "1000|0");
    CHECK(ask("SELECT claim FROM freshet_targets") == "later");
}

TEST_CASE_METHOD(SqlFixture, "an attempt that finds the target made by another one is superseded", "[sql]") {
    SqlAttempt first(target, 1);
    first.begin();
    SqlAttempt second(target, 2);
    CHECK(second.run(copy()) == PublishResult::published);
    CHECK_FALSE(first.load(copy()));
    first.stage();
    CHECK(first.staged.is_null());
    CHECK(first.commit() == PublishResult::superseded);
    first.target.abort(first.attempt);
    CHECK(counts() == "1000|0");
    CHECK(second.commit() == PublishResult::published);
}

TEST_CASE_METHOD(SqlFixture, "an attempt with a smaller lease waits while a later one loads", "[sql]") {
    SqlAttempt later(target, 9);
    later.begin();
    later.load(copy());
    SqlAttempt earlier(target, 3);
    CHECK_THROWS_AS(earlier.begin(), TransientError);
    CHECK_THROWS_WITH(earlier.begin(), Contains("an attempt with lease 9, later than 3, is loading it"));
    later.stage();
    CHECK(later.commit() == PublishResult::published);
    earlier.begin();
    CHECK_FALSE(earlier.load(copy()));
}

TEST_CASE_METHOD(SqlFixture, "of attempts without leases that meet, one publishes, and no row is doubled", "[sql]") {
    constexpr int count = 4;
    std::barrier start(count);
    std::vector<int> published(count);
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i)
        threads.emplace_back([&, i] {
            start.arrive_and_wait();
            while (!target.exists()) try {
                    published[static_cast<std::size_t>(i)] +=
                        SqlAttempt(target).run(copy()) == PublishResult::published;
                } catch (const TransientError&) {
                    // A later one took the claim over.
                }
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(std::count(published.begin(), published.end(), 1) == 1);
    CHECK(std::count(published.begin(), published.end(), 0) == count - 1);
    CHECK(counts() == "1000|0");
}

TEST_CASE_METHOD(SqlFixture, "aborted attempts leave no rows and no claim, however often they are aborted", "[sql]") {
    SqlAttempt attempt(target, 4);
    attempt.target.abort(attempt.attempt);  // before there is a table
    attempt.begin();
    attempt.load(copy());
    attempt.target.abort(attempt.attempt);
    attempt.target.abort(attempt.attempt);
    CHECK(counts() == "0|0");
    CHECK(ask("SELECT done, claim, lease FROM freshet_targets") == "f||0");
    CHECK(SqlAttempt(target, 1).run(copy()) == PublishResult::published);
    attempt.target.abort(attempt.attempt);
    CHECK(target.exists());
}

TEST_CASE_METHOD(SqlFixture, "a server that restarts during a load makes it a transient failure", "[sql]") {
    SqlAttempt attempt(target, 1);
    attempt.begin();
    const auto restart = [] {
        postgres_server("kill");
        postgres_server("start");
    };
    CHECK_THROWS_AS(attempt.load([&](SqlTransaction& transaction) {
        copy()(transaction);
        restart();
        transaction.execute("SELECT 1");
    }),
                    TransientError);
    attempt.target.abort(attempt.attempt);
    CHECK(counts() == "0|0");
    CHECK_FALSE(target.exists());
    SqlAttempt next(target, 2);
    next.begin();
    next.load(copy());
    restart();
    CHECK_THROWS_AS(next.stage(), TransientError);
    CHECK(counts() == "0|0");
    CHECK(SqlAttempt(target, 3).run(copy()) == PublishResult::published);
    restart();
    CHECK(target.exists());  // by a connection that was idle meanwhile
    postgres_server("stop");
    CHECK_THROWS_AS(target.exists(), TransientError);
    postgres_server("start");
    CHECK(counts() == "1000|0");
}

TEST_CASE_METHOD(SqlFixture, "a transaction that the server gave up is a transient failure", "[sql]") {
    ask("INSERT INTO readings VALUES (1, 'old')");
    const SqlTarget serializable(
        "options='-c search_path=" + schema + " -c default_transaction_isolation=serializable'", "late");
    SqlAttempt attempt(serializable);
    attempt.begin();
    CHECK_THROWS_AS(attempt.load([&](SqlTransaction& transaction) {
        CHECK(transaction.query("SELECT value FROM readings") == std::vector<SqlRow>{{"old"}});
        ask("UPDATE readings SET value = 'new'");
        transaction.execute("UPDATE readings SET value = 'mine'");
    }),
                    TransientError);
    CHECK(ask("SELECT value FROM readings") == "new");
}

TEST_CASE_METHOD(SqlFixture, "a process does not use the connections of the one that it was forked from", "[sql]") {
    const auto server_process = [&] {
        std::string pid;
        SqlTarget(connection, uuid4()).load([&](SqlTransaction& transaction) {
            pid = *transaction.query("SELECT pg_backend_pid()").front().front().text();
        });
        return pid;
    };
    const std::string before = server_process();
    CHECK(server_process() == before);
    Child child([&](const auto&) { return server_process() == before ? 1 : 0; });
    CHECK(child.wait() == 0);
    CHECK(server_process() == before);
}

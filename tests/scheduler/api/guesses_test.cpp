// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/api/guesses.hpp"

#include "caller.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace std::chrono_literals;
using scheduler::Guesses;
using scheduler::Tokens;
using test::Caller;

namespace {

const std::string right(40, 'r');

http::Headers bearer(const std::string& token) { return {{"Authorization", "Bearer " + token}}; }

scheduler::ApiOptions with_token() { return {.tokens = Tokens::parse("alice operate " + right, "tokens")}; }

}  // namespace

TEST_CASE("after ten wrong tokens within a minute a peer is told to wait", "[guesses]") {
    Caller caller(with_token());
    for (int i = 0; i < 10; ++i) CHECK(caller.get("/api/task_list", bearer(std::string(40, 'x'))).status == 401);
    const auto refused = caller.get("/api/task_list", bearer(std::string(40, 'x')));
    CHECK(refused.status == 429);
    CHECK(refused.header("Retry-After") == "6");
    CHECK(caller.audit.entries.back().status == 401);  // of a flood, ten a second have a line
    caller.clock.pass(6s);
    CHECK(caller.get("/api/task_list", bearer(std::string(40, 'x'))).status == 401);
    CHECK(caller.get("/api/task_list", bearer(std::string(40, 'x'))).status == 429);
    CHECK(caller.audit.entries.back().status == 429);
}

TEST_CASE("wrong tokens of an address do no harm to a right one, and to none that has none yet", "[guesses]") {
    Caller caller(with_token());
    for (int i = 0; i < 100; ++i) caller.get("/api/task_list", bearer(std::string(40, 'x')));
    CHECK(caller.get("/api/task_list", bearer(right)).status == 200);
    CHECK(caller.get("/api/task_list").status == 401);
    CHECK(caller.get("/healthz").status == 200);
}

TEST_CASE("a peer is not told to wait for what others tried", "[guesses]") {
    Guesses guesses;
    const Guesses::Instant now{};
    for (int i = 0; i < 10; ++i) CHECK_FALSE(guesses.pause_after("10.0.0.1", now));
    CHECK(guesses.pause_after("10.0.0.1", now) == 6s);
    CHECK(guesses.pause_after("10.0.0.1", now + 2500ms) == 4s);
    CHECK_FALSE(guesses.pause_after("10.0.0.2", now));
    CHECK_FALSE(guesses.pause_after("10.0.0.1", now + 6s));
    CHECK(guesses.pause_after("10.0.0.1", now + 6s) == 6s);
}

TEST_CASE("of a thousand peers the one that will be forgiven first makes room for another", "[guesses]") {
    Guesses guesses;
    const Guesses::Instant now{};
    for (int i = 0; i < 10; ++i) guesses.pause_after("busy", now);
    for (int i = 0; i < 5000; ++i) CHECK_FALSE(guesses.pause_after("10.0.0." + std::to_string(i), now));
    CHECK(guesses.pause_after("busy", now));
}

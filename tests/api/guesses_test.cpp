// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "api/guesses.hpp"

#include "caller.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace std::chrono_literals;
using scheduler::AuthThrottle;
using scheduler::Tokens;
using test::TestClient;

namespace {

const std::string right(40, 'r');

http::Headers bearer(const std::string& token) { return {{"Authorization", "Bearer " + token}}; }

scheduler::RouterOptions with_token() { return {.tokens = Tokens::parse("alice operate " + right, "tokens")}; }

}  // namespace

TEST_CASE("after ten wrong tokens within a minute a peer is told to wait", "[guesses]") {
    TestClient client(with_token());
    for (int i = 0; i < 10; ++i) CHECK(client.get("/api/task_list", bearer(std::string(40, 'x'))).status == 401);
    const auto refused = client.get("/api/task_list", bearer(std::string(40, 'x')));
    CHECK(refused.status == 429);
    CHECK(refused.header("Retry-After") == "6");
    CHECK(client.audit.entries.back().status == 401);  // of a flood, ten a second have a line
    client.clock.advance(6s);
    CHECK(client.get("/api/task_list", bearer(std::string(40, 'x'))).status == 401);
    CHECK(client.get("/api/task_list", bearer(std::string(40, 'x'))).status == 429);
    CHECK(client.audit.entries.back().status == 429);
}

TEST_CASE("wrong tokens of an address do no harm to a right one, and to none that has none yet", "[guesses]") {
    TestClient client(with_token());
    for (int i = 0; i < 100; ++i) client.get("/api/task_list", bearer(std::string(40, 'x')));
    CHECK(client.get("/api/task_list", bearer(right)).status == 200);
    CHECK(client.get("/api/task_list").status == 401);
    CHECK(client.get("/healthz").status == 200);
}

TEST_CASE("a peer is not told to wait for what others tried", "[guesses]") {
    AuthThrottle throttle;
    const AuthThrottle::Instant now{};
    for (int i = 0; i < 10; ++i) CHECK_FALSE(throttle.record_failure("10.0.0.1", now));
    CHECK(throttle.record_failure("10.0.0.1", now) == 6s);
    CHECK(throttle.record_failure("10.0.0.1", now + 2500ms) == 4s);
    CHECK_FALSE(throttle.record_failure("10.0.0.2", now));
    CHECK_FALSE(throttle.record_failure("10.0.0.1", now + 6s));
    CHECK(throttle.record_failure("10.0.0.1", now + 6s) == 6s);
}

TEST_CASE("of a thousand peers the one that will be forgiven first makes room for another", "[guesses]") {
    AuthThrottle throttle;
    const AuthThrottle::Instant now{};
    for (int i = 0; i < 10; ++i) throttle.record_failure("busy", now);
    for (int i = 0; i < 5000; ++i) CHECK_FALSE(throttle.record_failure("10.0.0." + std::to_string(i), now));
    CHECK(throttle.record_failure("busy", now));
}

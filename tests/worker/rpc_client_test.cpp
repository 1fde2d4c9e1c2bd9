// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/rpc_client.hpp"

#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

#include <deque>

using namespace freshet;
using namespace std::chrono_literals;
using worker::RetryingClient;
using worker::UnavailableError;

namespace {

/// Gives scripted answers, repeating the last one, and records the requests.
class ScriptedServer final : public http::Client {
public:
    http::Response send(const http::Request& request) override {
        requests.push_back(request);
        if (connection_failures > 0) {
            --connection_failures;
            throw TransientError("post '" + http::redacted_url(request.url) + "': connection refused");
        }
        http::Response response = responses.front();
        if (responses.size() > 1) responses.pop_front();
        return response;
    }

    std::deque<http::Response> responses{{.body = R"({"response":null})"}};
    int connection_failures = 0;
    std::vector<http::Request> requests;
};

/// A client with its environment; time passes while it pauses.
struct RpcFixture {
    explicit RpcFixture(std::string token = {})
        : rpc({.url = "http://host:8082/", .token = std::move(token)}, server) {}

    std::vector<rpc::Response> ping() { return client.call({rpc::Ping{.worker = "W"}}); }

    ScriptedServer server;
    test::FakeClock clock;
    int stop_requests = 0;
    std::vector<std::string> notices;
    worker::RpcClient rpc;
    RetryingClient client{{.rpc = rpc,
                           .clock = clock,
                           .stop_requests = [this] { return stop_requests; },
                           .jitter = [] { return 1.0; },
                           .pause = [this](auto pause) { clock.advance(pause); },
                           .notify = [this](std::string_view sentence) { notices.emplace_back(sentence); }},
                          {.initial = 1min, .reconnect = 1h, .after_stop = 10s}};
};

constexpr const char* no_messages = R"({"response":{"rpc_messages":[]}})";

}  // namespace

TEST_CASE("a call is encoded as Luigi's workers encode it, with the token", "[worker]") {
    RpcFixture fixture("secret");
    fixture.server.responses = {{.body = no_messages}};
    CHECK(fixture.ping() == std::vector<rpc::Response>{rpc::Messages{}});
    const http::Request& request = fixture.server.requests.front();
    CHECK(request.method == "POST");
    CHECK(request.url == "http://host:8082/api/ping");
    CHECK(request.body == "data=%7B%22worker%22%3A%22W%22%7D");
    CHECK(http::find_header(request.headers, "Authorization") == "Bearer secret");
}

TEST_CASE("a freshetd is sent JSON as it is, with the token", "[worker]") {
    RpcFixture fixture("secret");
    fixture.rpc.use_json();
    fixture.server.responses = {{.body = no_messages}};
    fixture.ping();
    const http::Request& request = fixture.server.requests.front();
    CHECK(http::find_header(request.headers, "Content-Type") == "application/json");
    CHECK(request.body == R"({"worker":"W"})");
    CHECK(http::find_header(request.headers, "Authorization") == "Bearer secret");
    CHECK(fixture.rpc.address().accepts_json);
}

TEST_CASE("a call to a scheduler that is away is retried until it is back, with one notice of each", "[worker]") {
    RpcFixture fixture;
    fixture.server.responses = {{.body = no_messages}};
    fixture.server.connection_failures = 5;
    fixture.ping();
    CHECK(fixture.server.requests.size() == 6);
    REQUIRE(fixture.notices.size() == 2);
    CHECK(fixture.notices[0] == "post 'http://host:8082/api/ping': connection refused: retrying for up to 1 min 00 s");
    CHECK_THAT(fixture.notices[1], Catch::StartsWith("scheduler 'http://host:8082' answers again, after "));
}

TEST_CASE("a scheduler never reached is given up after a minute, one reached before after an hour", "[worker]") {
    RpcFixture fixture;
    const auto begin = fixture.clock.now();
    fixture.server.connection_failures = 100'000;
    CHECK_THROWS_AS(fixture.ping(), UnavailableError);
    CHECK(fixture.clock.now() - begin < 2min);
    fixture.server.connection_failures = 0;
    fixture.server.responses = {{.body = no_messages}};
    fixture.ping();
    const auto lost = fixture.clock.now();
    fixture.server.connection_failures = 100'000;
    CHECK_THROWS_WITH(fixture.ping(), Catch::Contains("; gave up after 1 h"));
    CHECK(fixture.clock.now() - lost >= 1h);
}

TEST_CASE("a stop before the scheduler was ever reached ends the call at once", "[worker]") {
    RpcFixture fixture;
    fixture.server.connection_failures = 100'000;
    fixture.stop_requests = 1;
    CHECK_THROWS_AS(fixture.ping(), UnavailableError);
    CHECK(fixture.server.requests.size() == 1);
}

TEST_CASE("a stop shortens the retry budget, and a second one ends it", "[worker]") {
    RpcFixture fixture;
    fixture.server.responses = {{.body = no_messages}};
    fixture.ping();
    fixture.server.requests.clear();
    fixture.server.connection_failures = 100'000;
    fixture.stop_requests = 1;
    const auto begin = fixture.clock.now();
    CHECK_THROWS_AS(fixture.ping(), UnavailableError);
    CHECK(fixture.server.requests.size() > 1);
    CHECK(fixture.clock.now() - begin < 25s);
    fixture.stop_requests = 2;
    fixture.server.requests.clear();
    CHECK_THROWS_AS(fixture.ping(), UnavailableError);
    CHECK(fixture.server.requests.size() == 1);
}

TEST_CASE("a call is retried when the server is overloaded, and not when it refuses", "[worker]") {
    for (const int status : {429, 502, 503}) {
        RpcFixture fixture;
        fixture.server.responses = {{.status = status}, {.body = no_messages}};
        CHECK_NOTHROW(fixture.ping());
    }
    for (const int status : {400, 401, 403, 404, 421}) {
        RpcFixture fixture;
        fixture.server.responses = {{.status = status}};
        CHECK_THROWS_AS(fixture.ping(), UnavailableError);
        CHECK(fixture.server.requests.size() == 1);
    }
}

TEST_CASE("a call at which the scheduler fails repeatedly is given up with the scheduler's error", "[worker]") {
    RpcFixture fixture;
    fixture.server.responses = {{.status = 500, .body = "ping: no such worker\n"}};
    CHECK_THROWS_WITH(fixture.ping(), "scheduler 'http://host:8082': ping returned status 500: ping: no such worker");
    CHECK(fixture.server.requests.size() == 3);
}

TEST_CASE("a luigid is recognised by its lack of hello, another server by its lack of both", "[worker]") {
    RpcFixture luigid;
    luigid.server.responses = {{.status = 404}, {.body = R"({"response":{"paused":false}})"}};
    CHECK(luigid.client.server_info().is_null());
    RpcFixture other;
    other.server.responses = {{.status = 404}};
    CHECK_THROWS_WITH(other.client.server_info(), "scheduler 'http://host:8082': the server is not a scheduler");
    RpcFixture page;
    page.server.responses = {{.body = "<html>"}};
    CHECK_THROWS_WITH(page.client.server_info(), Catch::Contains("the server is not a scheduler: "));
}

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/remote_scheduler.hpp"

#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

#include <deque>

using namespace freshet;
using namespace std::chrono_literals;
using worker::RemoteScheduler;
using worker::UnavailableError;

namespace {

/// Answers as the test says, the last answer again and again, and keeps a diary of what it was asked.
class ScriptedServer final : public http::Client {
public:
    http::Response send(const http::Request& request) override {
        requests.push_back(request);
        if (away > 0) {
            --away;
            throw TransientError("post '" + http::shown_url(request.url) + "': connection refused");
        }
        http::Response answer = answers.front();
        if (answers.size() > 1) answers.pop_front();
        return answer;
    }

    std::deque<http::Response> answers{{.body = R"({"response":null})"}};
    int away = 0;
    std::vector<http::Request> requests;
};

/// A client with everything around it; time passes while it pauses.
struct Line {
    explicit Line(std::string token = {}) : line({.url = "http://host:8082/", .token = std::move(token)}, server) {}

    std::vector<wire::Response> ping() { return client.call({wire::Ping{.worker = "W"}}); }

    ScriptedServer server;
    test::FakeClock clock;
    int stops = 0;
    std::vector<std::string> notices;
    worker::SchedulerLine line;
    RemoteScheduler client{{.line = line,
                            .clock = clock,
                            .stops = [this] { return stops; },
                            .chance = [] { return 1.0; },
                            .pause = [this](auto pause) { clock.pass(pause); },
                            .notice = [this](std::string_view sentence) { notices.emplace_back(sentence); }},
                           {.at_first = 1min, .later = 1h, .when_stopped = 10s}};
};

constexpr const char* no_messages = R"({"response":{"rpc_messages":[]}})";

}  // namespace

TEST_CASE("a call travels as Luigi's workers send theirs, with the token", "[worker]") {
    Line line("secret");
    line.server.answers = {{.body = no_messages}};
    CHECK(line.ping() == std::vector<wire::Response>{wire::Messages{}});
    const http::Request& request = line.server.requests.front();
    CHECK(request.method == "POST");
    CHECK(request.url == "http://host:8082/api/ping");
    CHECK(request.body == "data=%7B%22worker%22%3A%22W%22%7D");
    CHECK(http::find_header(request.headers, "Authorization") == "Bearer secret");
}

TEST_CASE("a freshetd is sent JSON as it is, with the token", "[worker]") {
    Line line("secret");
    line.line.send_json();
    line.server.answers = {{.body = no_messages}};
    line.ping();
    const http::Request& request = line.server.requests.front();
    CHECK(http::find_header(request.headers, "Content-Type") == "application/json");
    CHECK(request.body == R"({"worker":"W"})");
    CHECK(http::find_header(request.headers, "Authorization") == "Bearer secret");
    CHECK(line.line.address().takes_json);
}

TEST_CASE("a scheduler that is away is asked again until it is back, and both are told once", "[worker]") {
    Line line;
    line.server.answers = {{.body = no_messages}};
    line.server.away = 5;
    line.ping();
    CHECK(line.server.requests.size() == 6);
    REQUIRE(line.notices.size() == 2);
    CHECK(line.notices[0] == "post 'http://host:8082/api/ping': connection refused: trying again for up to 1 min 00 s");
    CHECK_THAT(line.notices[1], Catch::StartsWith("scheduler 'http://host:8082' answers again, after "));
}

TEST_CASE("an address where nobody ever was is given up after a minute, a scheduler that was there after an hour", "[worker]") {
    Line line;
    const auto begin = line.clock.now();
    line.server.away = 100'000;
    CHECK_THROWS_AS(line.ping(), UnavailableError);
    CHECK(line.clock.now() - begin < 2min);
    line.server.away = 0;
    line.server.answers = {{.body = no_messages}};
    line.ping();
    const auto lost = line.clock.now();
    line.server.away = 100'000;
    CHECK_THROWS_WITH(line.ping(), Catch::Contains("; gave up after 1 h"));
    CHECK(line.clock.now() - lost >= 1h);
}

TEST_CASE("who asks to stop before the scheduler was ever reached waits for nothing", "[worker]") {
    Line line;
    line.server.away = 100'000;
    line.stops = 1;
    CHECK_THROWS_AS(line.ping(), UnavailableError);
    CHECK(line.server.requests.size() == 1);
}

TEST_CASE("somebody who asks to stop cuts patience short, and ends it the second time", "[worker]") {
    Line line;
    line.server.answers = {{.body = no_messages}};
    line.ping();
    line.server.requests.clear();
    line.server.away = 100'000;
    line.stops = 1;
    const auto begin = line.clock.now();
    CHECK_THROWS_AS(line.ping(), UnavailableError);
    CHECK(line.server.requests.size() > 1);
    CHECK(line.clock.now() - begin < 25s);
    line.stops = 2;
    line.server.requests.clear();
    CHECK_THROWS_AS(line.ping(), UnavailableError);
    CHECK(line.server.requests.size() == 1);
}

TEST_CASE("a server that is overloaded is asked again, one that refuses is not", "[worker]") {
    for (const int status : {429, 502, 503}) {
        Line line;
        line.server.answers = {{.status = status}, {.body = no_messages}};
        CHECK_NOTHROW(line.ping());
    }
    for (const int status : {400, 401, 403, 404, 421}) {
        Line line;
        line.server.answers = {{.status = status}};
        CHECK_THROWS_AS(line.ping(), UnavailableError);
        CHECK(line.server.requests.size() == 1);
    }
}

TEST_CASE("a call at which the scheduler fails again and again is given up with its words", "[worker]") {
    Line line;
    line.server.answers = {{.status = 500, .body = "ping: no such worker\n"}};
    CHECK_THROWS_WITH(line.ping(), "scheduler 'http://host:8082': ping was answered with 500: ping: no such worker");
    CHECK(line.server.requests.size() == 3);
}

TEST_CASE("a luigid does not know the greeting, another server knows nothing", "[worker]") {
    Line luigid;
    luigid.server.answers = {{.status = 404}, {.body = R"({"response":{"paused":false}})"}};
    CHECK(luigid.client.greeting().is_null());
    Line other;
    other.server.answers = {{.status = 404}};
    CHECK_THROWS_WITH(other.client.greeting(), "scheduler 'http://host:8082': what answers there is no scheduler");
    Line page;
    page.server.answers = {{.body = "<html>"}};
    CHECK_THROWS_WITH(page.client.greeting(), Catch::Contains("what answers there is no scheduler: "));
}

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "api/authorization.hpp"
#include "api/rpc_routes.hpp"
#include "rpc/codec.hpp"
#include "test_client.hpp"

#include <catch2/catch.hpp>

#include <chrono>

using namespace freshet;
using namespace std::chrono_literals;
using api::AccessPolicy;
using api::AuthThrottle;
using api::Role;
using api::Route;
using api::RouterOptions;
using api::Tokens;
using test::TestClient;

namespace {

std::string token(char digit) { return std::string(64, digit); }

RouterOptions with_tokens() {
    return {.tokens = Tokens::parse(
                "viewer view " + token('1') + "\nworker work " + token('2') + "\nboss operate " + token('3') + "\n",
                "tokens")};
}

http::Headers bearer(const std::string& text) { return {{"Authorization", "Bearer " + text}}; }

int status(TestClient& client, const std::string& method, const http::Headers& headers = {}) {
    return client.post("/api/" + method, R"({"worker": "w", "info": [], "resource": "r", "amount": 1})", headers)
        .status;
}

int status_with(const std::string& authorization) {
    TestClient client(with_tokens());
    return status(client, "worker_list", {{"Authorization", authorization}});
}

int status_at(const std::string& host, AccessPolicy access = {}) {
    TestClient client({.access = std::move(access)});
    return status(client, "is_paused", {{"Host", host}});
}

}  // namespace

TEST_CASE("every RPC method has permissions", "[authorization]") {
    for (const auto method : rpc::method_names()) {
        INFO(method);
        CHECK(api::has_permissions(method));
    }
}

TEST_CASE("a method without permissions requires the role operate", "[authorization]") {
    CHECK(api::permissions_of("fly").roles == Role::operate);
    CHECK(api::permissions_of("fly").effect == api::Effect::changes);
}

TEST_CASE("every method rejects a missing token and the wrong role", "[authorization]") {
    TestClient client(with_tokens());
    for (const auto method : rpc::method_names()) {
        INFO(method);
        const auto roles = api::permissions_of(method).roles;
        const auto is_admitted = [&](char digit) {
            const int got = status(client, std::string(method), bearer(token(digit)));
            return got != 401 && got != 403;
        };
        CHECK(status(client, std::string(method)) == 401);
        CHECK(status(client, std::string(method), bearer(token('4'))) == 401);
        client.clock.advance(std::chrono::seconds(6));  // within the rate limit of wrong tokens
        CHECK(is_admitted('1') == roles.intersects(Role::view));
        CHECK(is_admitted('2') == roles.intersects(Role::work));
        CHECK(is_admitted('3') == roles.intersects(Role::operate | Role::view));
    }
}

TEST_CASE("without a token every path is 401", "[authorization]") {
    TestClient client(with_tokens());
    CHECK(client.get("/").status == 401);
    CHECK_THAT(client.get("/").body, Catch::Contains("any user name and a token as the password"));
    CHECK(client.get("/nothing").status == 401);
    CHECK(client.get("/api/nothing").status == 401);
    CHECK(client.get("/").header("WWW-Authenticate") == R"(Basic realm="freshetd", charset="UTF-8")");
    CHECK(client.get("/nothing", bearer(token('1'))).status == 404);
}

TEST_CASE("health checks need neither token nor host", "[authorization]") {
    TestClient client(with_tokens());
    CHECK(client.get("/healthz", {{"Host", "10.1.2.3"}}).status == 200);
    CHECK(client.send({.method = "HEAD", .url = "/", .headers = {{"Host", "10.1.2.3"}}}).status == 204);
}

TEST_CASE("another spelling of a public path is not public", "[authorization]") {
    TestClient client(with_tokens());
    const auto path = GENERATE(as<std::string>{}, "//healthz", "/healthz/", "/HEALTHZ", "/healthz;x", "/%68ealthz",
                               "/api/task_list/healthz", "/api/task_list%2fhealthz", "/api/../healthz", "/x/healthz",
                               "/healthz/../api/task_list", "/api/task_list;/healthz", "http://localhost/api/task_list",
                               "/api/task_list?/healthz", "/i/1/api/task_list", "/i/1/healthz", "/./healthz");
    INFO(path);
    CHECK(client.get(path).status == 401);
}

TEST_CASE("method override headers are ignored", "[authorization]") {
    TestClient client(with_tokens());
    CHECK(client.send({.method = "HEAD", .url = "/", .headers = {{"X-HTTP-Method-Override", "POST"}}}).status == 204);
    CHECK(client.get("/api/pause", {{"X-HTTP-Method-Override", "POST"}, bearer(token('3'))[0]}).status == 405);
}

TEST_CASE("a token is sent as Bearer, or as the password of Basic", "[authorization]") {
    CHECK(status_with("Bearer " + token('1')) == 200);
    CHECK(status_with("bearer " + token('1')) == 200);
    // base64 of "luigi:" and 64 times '1'
    std::string basic = "bHVpZ2k6";
    for (int i = 0; i < 21; ++i) basic += "MTEx";
    CHECK(status_with("Basic " + basic + "MQ==") == 200);
    CHECK(status_with("Basic " + basic + "MQ") == 200);
    CHECK(status_with("Basic " + basic) == 401);
}

TEST_CASE("malformed credentials are rejected", "[authorization]") {
    const std::string right = token('1');
    CHECK(status_with(right) == 401);
    CHECK(status_with("Bearer") == 401);
    CHECK(status_with("Bearer ") == 401);
    CHECK(status_with("Bearer nothing") == 401);
    CHECK(status_with("Bearer  " + right) == 401);
    CHECK(status_with("Bearer " + right + "1") == 401);
    CHECK(status_with("Bearer " + right.substr(1)) == 401);
    CHECK(status_with("Token " + right) == 401);
    CHECK(status_with("BearerX" + right) == 401);
    CHECK(status_with("Basic " + right) == 401);
    CHECK(status_with("Basic !!!!") == 401);
    CHECK(status_with("Bearer sha256:" + right) == 401);
    for (std::size_t i = 0; i < right.size(); ++i) {
        std::string wrong = right;
        wrong[i] = '2';
        CHECK(status_with("Bearer " + wrong) == 401);
    }
}

TEST_CASE("duplicate Authorization headers and tokens in the query are rejected", "[authorization]") {
    TestClient client(with_tokens());
    CHECK(status(client, "worker_list", {bearer(token('1'))[0], bearer(token('1'))[0]}) == 401);
    CHECK(client.get("/api/worker_list?token=" + token('1') + "&access_token=" + token('1')).status == 401);
}

TEST_CASE("replaced tokens apply to the next request", "[authorization]") {
    TestClient client(with_tokens());
    client.router.set_access({}, Tokens::parse("viewer view " + token('9'), "tokens"));
    CHECK(status(client, "worker_list", bearer(token('1'))) == 401);
    CHECK(status(client, "worker_list", bearer(token('9'))) == 200);
}

TEST_CASE("only loopback hosts are served, unless others are configured", "[authorization]") {
    CHECK(status_at("localhost:8082") == 200);
    CHECK(status_at("LOCALHOST") == 200);
    CHECK(status_at("127.0.0.1:18082") == 200);
    CHECK(status_at("[::1]:8082") == 200);
    const auto foreign = GENERATE(as<std::string>{}, "evil.example", "evil.example:8082", "0.0.0.0:8082",
                                  "localhost.evil.example", "127.0.0.1.evil.example", "localhost:x", "localhost@evil",
                                  "localhost.", "[::1", "", "169.254.169.254");
    INFO(foreign);
    CHECK(status_at(foreign) == 421);
    CHECK(status_at("flow.example:8082", {.hosts = {"flow.example"}}) == 200);
    CHECK(status_at("evil.example", {.hosts = {"flow.example"}}) == 421);
    CHECK(status_at("evil.example", {.hosts = {"*"}}) == 200);
}

TEST_CASE("allowing IP addresses allows neither names nor partial addresses", "[authorization]") {
    const AccessPolicy open{.allow_ip_addresses = true};
    CHECK(status_at("10.1.2.3:8082", open) == 200);
    CHECK(status_at("[fd00::1]:8082", open) == 200);
    const auto foreign = GENERATE(as<std::string>{}, "0.0.0.0", "[::]", "evil.example", "1.2.3.4.evil.example", "1.2.3",
                                  "[evil.example]", "a.b.c.d", "[fd00::1");
    INFO(foreign);
    CHECK(status_at(foreign, open) == 421);
}

TEST_CASE("a request must name exactly one host", "[authorization]") {
    TestClient client;
    CHECK(client.send({.url = "/api/is_paused", .headers = {{"Host", "localhost"}, {"Host", "localhost"}}}).status ==
          400);
    CHECK(client.get("http://evil.example/api/is_paused").status == 421);
    client.adds_host = false;
    CHECK(client.get("/api/is_paused").status == 400);
}

TEST_CASE("cross-site changes are rejected", "[authorization]") {
    TestClient client;
    CHECK(status(client, "pause", {{"Origin", "http://evil.example"}}) == 403);
    CHECK(status(client, "pause", {{"Origin", "null"}}) == 403);
    CHECK(status(client, "pause", {{"Origin", "http://localhost:9"}}) == 403);
    CHECK(status(client, "pause", {{"Origin", "http://localhost"}, {"Origin", "http://evil.example"}}) == 403);
    CHECK(status(client, "pause", {{"Sec-Fetch-Site", "cross-site"}}) == 403);
    CHECK(status(client, "pause", {{"Sec-Fetch-Site", "same-site"}}) == 403);
    CHECK(client.executor.received.empty());
    CHECK(status(client, "pause", {{"Origin", "http://localhost"}, {"Sec-Fetch-Site", "same-origin"}}) == 200);
    CHECK(status(client, "pause", {{"Origin", "https://localhost"}}) == 200);
}

TEST_CASE("changes by GET are rejected unless allowed, and then only for Luigi's clients", "[authorization]") {
    const http::Headers luigi{{"User-Agent", "python-requests/2.31.0"}};
    TestClient strict;
    CHECK(strict.get("/api/pause", luigi).status == 405);
    CHECK(strict.executor.received.empty());
    TestClient lenient({.access = {.allow_changes_by_get = true}});
    CHECK(lenient.get("/api/pause", luigi).status == 200);
    CHECK(lenient.get("/api/pause", {{"User-Agent", "Python-urllib/3.11"}}).status == 200);
    CHECK(lenient.get("/api/pause", {{"User-Agent", "Mozilla/5.0"}}).status == 405);
    CHECK(lenient.get("/api/pause").status == 405);
    CHECK(lenient.get("/api/pause", {luigi[0], {"Sec-Fetch-Site", "none"}}).status == 405);
    CHECK(lenient.get("/api/pause", {luigi[0], {"Referer", "http://localhost/"}}).status == 405);
}

TEST_CASE("the script of Luigi's page makes changes by GET, but no other page, link or image does", "[authorization]") {
    const std::pair<std::string, std::string> script{"X-Requested-With", "XMLHttpRequest"};
    const std::pair<std::string, std::string> same_origin{"Sec-Fetch-Site", "same-origin"};
    TestClient client({.access = {.has_visualiser = true}});
    CHECK(client.get("/api/pause", {script, same_origin}).status == 200);
    CHECK(client.get("/api/pause", {script, {"Referer", "http://localhost/static/visualiser/index.html"}}).status ==
          200);
    for (const http::Headers& headers : std::initializer_list<http::Headers>{
             {},
             {script},
             {same_origin},  // a link in a page of this site, to which a worker gave its address
             {{"Referer", "http://localhost/static/visualiser/index.html"}},
             {script, {"Referer", "http://evil.example/"}},
             {script, {"Referer", "http://localhost.evil.example/"}},
             {script, {"Sec-Fetch-Site", "none"}},
             {script, {"Sec-Fetch-Site", "cross-site"}},
             {script, {"Sec-Fetch-Site", "same-site"}, {"Referer", "http://localhost/"}},
             {script, same_origin, {"Origin", "http://evil.example"}}})
        CHECK((client.get("/api/unpause", headers).status == 403 || client.get("/api/unpause", headers).status == 405));
    CHECK(client.executor.received.size() == 2);
    TestClient without;
    CHECK(without.get("/api/pause", {script, same_origin}).status == 405);
}

TEST_CASE("the body of a GET is read, as old clients send one", "[authorization]") {
    TestClient client({.access = {.allow_changes_by_get = true}});
    client.send(
        {.method = "GET",
         .url = "/api/ping",
         .headers = {{"User-Agent", "Python-urllib/2.7"}, {"Content-Type", "application/x-www-form-urlencoded"}},
         .body = "data=%7B%22worker%22%3A+%22old%22%7D"});
    CHECK(std::get<rpc::Ping>(client.executor.received.at(0)).worker == "old");
}

TEST_CASE("an added route matches its exact path, or one more segment", "[authorization]") {
    TestClient client(with_tokens());
    std::string rest;
    const auto show = [&](const api::RequestContext& context, const http::Responder& respond) {
        rest = context.path_parameter;
        respond([] { return http::Response{.body = "page"}; });
    };
    client.router.add({.id = "page.first", .path = "/", .roles = Role::view, .handler = show});
    client.router.add({.id = "page.task", .path = "/task/", .roles = Role::view, .handler = show});
    CHECK(client.get("/", bearer(token('1'))).body == "page");
    CHECK(client.get("/", bearer(token('2'))).status == 403);
    CHECK_THAT(client.get("/", bearer(token('2'))).body, Catch::Contains("role view required; token '"));
    CHECK(client.get("/task/F_%2F%C3%A9", bearer(token('1'))).status == 200);
    CHECK(rest == "F_/\u00e9");
    CHECK(client.get("/task/", bearer(token('1'))).status == 404);
    CHECK(client.get("/task/a/b", bearer(token('1'))).status == 404);
    const auto posted = client.post("/task/F_1", "{}", bearer(token('3')));
    CHECK(posted.status == 405);
    CHECK(posted.header("Allow") == "GET");
    CHECK(client.post("/task/a/b", "{}", bearer(token('3'))).status == 404);
    CHECK(client.post("/api/fly", "{}", bearer(token('3'))).status == 404);
    CHECK(client.send({.method = "HEAD", .url = "/"}).status == 204);
    CHECK_THROWS_WITH(client.router.add({.id = "other", .path = "/task/", .handler = show}),
                      "add route 'other': GET /task/ is already used by 'page.task'");
}

TEST_CASE("responses have security headers", "[authorization]") {
    TestClient client(with_tokens());
    for (const auto& response : {client.get("/api/worker_list", bearer(token('1'))), client.get("/")}) {
        CHECK(response.header("X-Content-Type-Options") == "nosniff");
        CHECK(response.header("Content-Security-Policy") == "default-src 'none'; frame-ancestors 'none'");
        CHECK(response.header("X-Frame-Options") == "DENY");
        CHECK(response.header("Referrer-Policy") == "no-referrer");
    }
}

TEST_CASE("after ten wrong tokens within a minute a peer is rate limited", "[authorization]") {
    TestClient client(with_tokens());
    for (int i = 0; i < 10; ++i) CHECK(client.get("/api/task_list", bearer(std::string(40, 'x'))).status == 401);
    const auto refused = client.get("/api/task_list", bearer(std::string(40, 'x')));
    CHECK(refused.status == 429);
    CHECK(refused.header("Retry-After") == "6");
    CHECK(client.audit.entries.back().status == 401);  // limited to ten lines a second
    client.clock.advance(6s);
    CHECK(client.get("/api/task_list", bearer(std::string(40, 'x'))).status == 401);
    CHECK(client.get("/api/task_list", bearer(std::string(40, 'x'))).status == 429);
    CHECK(client.audit.entries.back().status == 429);
}

TEST_CASE("wrong tokens from an address do not affect valid ones", "[authorization]") {
    TestClient client(with_tokens());
    for (int i = 0; i < 100; ++i) client.get("/api/task_list", bearer(std::string(40, 'x')));
    CHECK(client.get("/api/task_list", bearer(token('3'))).status == 200);
    CHECK(client.get("/api/task_list").status == 401);
    CHECK(client.get("/healthz").status == 200);
}

TEST_CASE("peers are rate limited separately", "[authorization]") {
    AuthThrottle throttle;
    const AuthThrottle::Instant now{};
    for (int i = 0; i < 10; ++i) CHECK_FALSE(throttle.record_failure("10.0.0.1", now));
    CHECK(throttle.record_failure("10.0.0.1", now) == 6s);
    CHECK(throttle.record_failure("10.0.0.1", now + 2500ms) == 4s);
    CHECK_FALSE(throttle.record_failure("10.0.0.2", now));
    CHECK_FALSE(throttle.record_failure("10.0.0.1", now + 6s));
    CHECK(throttle.record_failure("10.0.0.1", now + 6s) == 6s);
}

TEST_CASE("the peer whose limit expires first is evicted", "[authorization]") {
    AuthThrottle throttle;
    const AuthThrottle::Instant now{};
    for (int i = 0; i < 10; ++i) throttle.record_failure("busy", now);
    for (int i = 0; i < 5000; ++i) CHECK_FALSE(throttle.record_failure("10.0.0." + std::to_string(i), now));
    CHECK(throttle.record_failure("busy", now));
}

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "api/responses.hpp"
#include "rpc/codec.hpp"
#include "scheduler/sliced_query.hpp"
#include "test_client.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using test::TestClient;

namespace {

const std::string ping_w1 = R"({"worker": "w1"})";

std::string worker_of(const TestClient& client) { return std::get<rpc::Ping>(client.executor.received.back()).worker; }

http::Request form(std::string method, std::string url, std::string body) {
    return {.method = std::move(method),
            .url = std::move(url),
            .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
            .body = std::move(body)};
}

}  // namespace

TEST_CASE("a call is answered as luigid does", "[api]") {
    TestClient client;
    const auto response = client.post("/api/ping", ping_w1);
    CHECK(response.status == 200);
    CHECK(response.header("Content-Type") == "application/json; charset=UTF-8");
    CHECK(response.body == R"({"response": {"rpc_messages": []}})");
}

TEST_CASE("a method without a result returns null", "[api]") {
    TestClient client;
    CHECK(client.post("/api/add_worker", R"({"worker": "w1", "info": [["pid", 3]]})").body == R"({"response": null})");
}

TEST_CASE("arguments may be in the query", "[api]") {
    TestClient client;
    CHECK(client.get("/api/task_list?data=%7B%22status%22%3A+%22PENDING%22%7D").status == 200);
    CHECK(std::get<rpc::TaskList>(client.executor.received.back()).status == "PENDING");
}

TEST_CASE("body arguments take precedence over the query, the last over the first", "[api]") {
    TestClient client;
    const std::string w = "data=%7B%22worker%22%3A%22";
    client.send(form("POST", "/api/ping?" + w + "query%22%7D", w + "first%22%7D&" + w + "last%22%7D"));
    CHECK(worker_of(client) == "last");
}

TEST_CASE("a body of another type is ignored", "[api]") {
    TestClient client;
    auto request = form("POST", "/api/ping?data=%7B%22worker%22%3A%22q%22%7D", "data=%7B%22worker%22%3A%22b%22%7D");
    request.headers = {{"Content-Type", "text/plain"}};
    client.send(request);
    CHECK(worker_of(client) == "q");
}

TEST_CASE("a JSON body is the arguments", "[api]") {
    TestClient client;
    client.send({.method = "POST",
                 .url = "/api/ping",
                 .headers = {{"Content-Type", "application/json; charset=utf-8"}},
                 .body = ping_w1});
    CHECK(worker_of(client) == "w1");
}

TEST_CASE("missing data means no arguments", "[api]") {
    TestClient client;
    CHECK(client.send({.method = "POST", .url = "/api/is_paused"}).body == R"({"response": {"paused": false}})");
}

TEST_CASE("Infinity, NaN, explicit nulls, unknown arguments and lists of pairs are accepted", "[api]") {
    TestClient client;
    CHECK(client
              .call("add_task_batcher", R"({"worker": "w", "task_family": "F", "batched_args": ["a"],
                                              "max_batch_size": Infinity})")
              .is_null());
    CHECK(client.call("add_task", R"({"worker": "w", "task_id": "T_1", "deps": null, "priority": 1.5, "new": NaN})")
              .is_null());
    CHECK(client.call("get_work", R"({"worker": "w", "host": null, "assistant": null, "current_tasks": null})")
              .at("task_id") == Json("T_1"));
}

TEST_CASE("JSON responses are ASCII and escape end tags", "[api]") {
    TestClient client;
    client.call("add_task", R"({"worker": "w", "task_id": "é</script>_1", "family": "é</script>"})");
    const std::string body = client.get("/api/task_list").body;
    CHECK(body.find(R"(\u00e9<\/script>_1)") != body.npos);
    CHECK(body.find("</") == body.npos);
}

TEST_CASE("an unknown method is 404, another HTTP method 405", "[api]") {
    TestClient client;
    CHECK(client.post("/api/fly", "{}").status == 404);
    CHECK(client.post("/api/", "{}").status == 404);
    CHECK(client.post("/api/ping/", ping_w1).status == 404);
    CHECK(client.send({.method = "HEAD", .url = "/api/ping"}).status == 405);
    const auto put = client.send({.method = "PUT", .url = "/api/ping"});
    CHECK(put.status == 405);
    CHECK(put.header("Allow") == "GET, POST");
}

TEST_CASE("an invalid call is a 500 with the reason", "[api]") {
    TestClient client;
    CHECK(client.post("/api/ping", "{").status == 500);
    CHECK(client.post("/api/ping", "").status == 500);
    CHECK(client.post("/api/ping", "[]").status == 500);
    const auto response = client.post("/api/ping", "{}");
    CHECK(response.status == 500);
    CHECK(response.body == R"({"error": "ping: argument 'worker' is missing"})");
    CHECK(client.executor.received.empty());
}

TEST_CASE("a full disk is a 503 with Retry-After", "[api]") {
    TestClient client;
    client.executor.is_full = true;
    const auto response = client.post("/api/ping", ping_w1);
    CHECK(response.status == 503);
    CHECK(response.header("Retry-After") == "1");
}

TEST_CASE("a scheduler that ends before responding causes a 503", "[api]") {
    TestClient client;
    client.executor.is_stopped = true;
    CHECK(client.post("/api/ping", ping_w1).status == 503);
}

TEST_CASE("GET responses carry an Etag, and a matching one yields a 304", "[api]") {
    TestClient client;
    const auto tag = client.get("/api/is_paused").header("Etag");
    REQUIRE(tag);
    const auto again = client.get("/api/is_paused", {{"If-None-Match", *tag}});
    CHECK(again.status == 304);
    CHECK(again.body.empty());
    CHECK_FALSE(client.post("/api/is_paused", "{}").header("Etag"));
    CHECK(client.get("/api/is_paused", {{"If-None-Match", "\"other\""}}).status == 200);
}

TEST_CASE("HEAD / is 204, for health checks", "[api]") {
    TestClient client;
    const auto response = client.send({.method = "HEAD", .url = "/"});
    CHECK(response.status == 204);
    CHECK(response.body.empty());
}

TEST_CASE("/healthz is answered by the scheduler's thread", "[api]") {
    TestClient client;
    CHECK(client.get("/healthz").body == R"({"status": "ok"})");
}

TEST_CASE("/healthz is 503 while the disk is full, and says so", "[api]") {
    TestClient client;
    client.executor.is_full = true;
    const auto response = client.get("/healthz");
    CHECK(response.status == 503);
    CHECK(Json::parse(response.body).at("status") == Json("disk full"));
    client.executor.is_full = false;
    CHECK(client.get("/healthz").status == 200);
}

TEST_CASE("/healthz is 503 while the scheduler answers nobody, without waiting for it", "[api]") {
    TestClient client;
    client.executor.is_stopped = true;
    client.executor.stalled = std::chrono::seconds(12);
    const auto response = client.get("/healthz");
    CHECK(response.status == 503);
    CHECK_THAT(response.body, Catch::Contains("has answered nobody for 12 s"));
}

TEST_CASE("a response that is cut says how to ask for the rest, and holds its result until it is sent", "[api]") {
    const auto result = std::make_shared<scheduler::QueryResult>(
        scheduler::QueryResult{.json = {R"({"A": "</b>", )", R"("B": 1})"}, .is_truncated = true, .next_cursor = 7});
    const auto response = api::query_response(result);
    CHECK(response.body == R"({"response": {"A": "<\/b>", "B": 1}})");
    CHECK(response.header("Freshet-Truncated") == "true");
    CHECK(response.header("Freshet-Cursor") == "7");
    CHECK(response.until_sent == result);
    const auto whole = api::query_response(std::make_shared<scheduler::QueryResult>());
    CHECK_FALSE(whole.header("Freshet-Truncated"));
    CHECK_FALSE(whole.header("Freshet-Cursor"));
}

TEST_CASE("requests are found behind a path prefix, and without it", "[api]") {
    TestClient client({.path_prefix = GENERATE(as<std::string>{}, "/freshet", "/freshet/", "freshet")});
    CHECK(client.post("/freshet/api/ping", ping_w1).status == 200);
    CHECK(client.post("/api/ping", ping_w1).status == 200);
    CHECK(client.send({.method = "HEAD", .url = "/freshet"}).status == 204);
    CHECK(client.post("/freshetapi/ping", ping_w1).status == 404);
    CHECK(client.post("/other/api/ping", ping_w1).status == 404);
}

TEST_CASE("bookmarks of Luigi's page redirect to the dashboard", "[api]") {
    TestClient client;
    const auto response = client.get("/static/visualiser/index.html");
    CHECK(response.status == 302);
    CHECK(response.header("Location") == "../../");
}

TEST_CASE("an absolute URL is routed by its path", "[api]") {
    TestClient client;
    CHECK(client.post("http://localhost:8082/api/ping", ping_w1).status == 200);
    CHECK(client.send({.method = "GET", .url = "*"}).status == 400);
    CHECK(client.send({.method = "GET", .url = "ftp://localhost/api/ping"}).status == 400);
}

TEST_CASE("register_tasks carries many registrations", "[api]") {
    TestClient client;
    const Json response = client.call("register_tasks", R"({"tasks": [{"worker": "w", "task_id": "A_1"},
                                                                    {"worker": "w", "task_id": "A_2"}]})");
    CHECK(response.as_array().size() == 2);
    CHECK(client.call("task_list").as_object().size() == 2);
}

TEST_CASE("who is refused is refused by the header, with an audit line", "[api]") {
    TestClient client({.tokens = api::Tokens::parse("alice work " + std::string(64, 'a'), "tokens")});
    const auto header_check = client.router.check_header(
        {.method = "POST", .url = "/api/add_task", .headers = {{"Host", "localhost"}}, .peer = "10.0.0.1"});
    REQUIRE(header_check.refusal);
    CHECK(header_check.refusal->status == 401);
    CHECK(header_check.refusal->header("WWW-Authenticate"));
    REQUIRE(client.audit.entries.size() == 1);
    CHECK(client.audit.entries[0].action == "POST /api/add_task");
    CHECK(client.router.check_header({.url = "/api/ping", .headers = {{"Host", "elsewhere.example"}}}).refusal);
    CHECK(client.router.check_header({.url = "*"}).refusal);
}

TEST_CASE("only changes have long bodies", "[api]") {
    TestClient client;
    const auto limit_of = [&](std::string method, std::string url) {
        const auto header_check = client.router.check_header(
            {.method = std::move(method), .url = std::move(url), .headers = {{"Host", "localhost"}}});
        return header_check.refusal ? 0 : header_check.body_limit;
    };
    CHECK(limit_of("POST", "/api/register_tasks") > http::ServerOptions().body_limit);
    CHECK(limit_of("POST", "/api/task_list") == 65'536);
    CHECK(limit_of("GET", "/healthz") == 0);
    CHECK(limit_of("OPTIONS", "/api/ping") == 0);
}

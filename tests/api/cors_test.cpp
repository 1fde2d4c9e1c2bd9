// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "test_client.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using api::Cors;
using test::TestClient;

namespace {

const std::string origin = "https://board.example";

http::Response preflight(Cors cors, const std::string& from) {
    TestClient client({.access = {.cors = std::move(cors)}});
    return client.send({.method = "OPTIONS", .url = "/api/task_list", .headers = {{"Origin", from}}});
}

std::optional<std::string> allowed(Cors cors, const std::string& from) {
    TestClient client({.access = {.cors = std::move(cors)}});
    return client.get("/api/is_paused", {{"Origin", from}}).header("Access-Control-Allow-Origin");
}

int status_of_change(Cors cors, const std::string& from) {
    TestClient client({.access = {.cors = std::move(cors)}});
    return client.post("/api/pause", "{}", {{"Origin", from}}).status;
}

}  // namespace

TEST_CASE("without [cors] no CORS headers are sent", "[cors]") {
    CHECK(preflight({}, origin).status == 204);
    CHECK_FALSE(preflight({}, origin).header("Access-Control-Allow-Origin"));
    CHECK_FALSE(allowed({.allowed_origins = {origin}, .allow_any_origin = true}, origin));
}

TEST_CASE("an allowed origin may read, others may not", "[cors]") {
    const Cors cors{.enabled = true, .allowed_origins = {origin}};
    CHECK(allowed(cors, origin) == origin);
    CHECK_FALSE(allowed(cors, "https://evil.example"));
    CHECK_FALSE(allowed(cors, "null"));
    CHECK_FALSE(allowed(cors, origin + ".evil.example"));
}

TEST_CASE("any origin and the null origin are allowed separately", "[cors]") {
    CHECK(allowed({.enabled = true, .allow_any_origin = true}, origin) == "*");
    CHECK_FALSE(allowed({.enabled = true, .allow_any_origin = true}, "null"));
    CHECK(allowed({.enabled = true, .allow_null_origin = true}, "null") == "null");
}

TEST_CASE("a preflight is answered with the configured headers", "[cors]") {
    const auto response = preflight({.enabled = true,
                                     .allowed_origins = {origin},
                                     .max_age = 5,
                                     .allowed_methods = "GET, POST",
                                     .exposed_headers = "Etag",
                                     .allow_credentials = true},
                                    origin);
    CHECK(response.status == 204);
    CHECK(response.header("Access-Control-Allow-Origin") == origin);
    CHECK(response.header("Access-Control-Max-Age") == "5");
    CHECK(response.header("Access-Control-Allow-Methods") == "GET, POST");
    CHECK(response.header("Access-Control-Allow-Headers") == "Accept, Content-Type, Origin");
    CHECK(response.header("Access-Control-Expose-Headers") == "Etag");
    CHECK(response.header("Access-Control-Allow-Credentials") == "true");
}

TEST_CASE("a response that depends on the origin has Vary: Origin", "[cors]") {
    TestClient client({.access = {.cors = {.enabled = true, .allowed_origins = {origin}}}});
    CHECK(client.get("/api/is_paused", {{"Origin", origin}}).header("Vary") == "Origin");
}

TEST_CASE("only allowed origins may make changes", "[cors]") {
    CHECK(status_of_change({.enabled = true, .allowed_origins = {origin}}, origin) == 200);
    CHECK(status_of_change({.enabled = true, .allow_any_origin = true}, origin) == 403);
    CHECK(status_of_change({.enabled = true, .allow_null_origin = true}, "null") == 200);
    CHECK(status_of_change({}, "null") == 403);
}

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/page_routes.hpp"
#include "api/caller.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::scheduler;

namespace {

std::string token(char digit) { return std::string(64, digit); }

/// Somebody who asks a scheduler that has pages.
struct PagesClient {
    explicit PagesClient(RouterOptions options = {}) : client(std::move(options)) {
        for (Route& route : page::page_routes(pages)) client.router.add(std::move(route));
    }

    http::Response get(const std::string& url, char digit = 0) {
        if (digit == 0) return client.get(url);
        return client.get(url, {{"Authorization", "Bearer " + token(digit)}});
    }

    TestClient client;
    page::Pages pages{[this](auto inspect) { inspect(client.executor.machine, client.clock.now()); }, client.clock, {}};
};

}  // namespace

TEST_CASE("pages and metrics are for those who may view", "[page]") {
    PagesClient pages_client(
        {.tokens = Tokens::parse("v view " + token('1') + "\nw work " + token('2') + "\no operate " + token('3') + "\n",
                                 "tokens")});
    for (const std::string url : {"/", "/metrics", "/task/A"}) {
        INFO(url);
        CHECK(pages_client.get(url).status == 401);
        CHECK(pages_client.get(url, '2').status == 403);
        const int found = url == "/task/A" ? 404 : 200;
        CHECK(pages_client.get(url, '1').status == found);
        CHECK(pages_client.get(url, '3').status == found);
    }
}

TEST_CASE("the id in a task's address is decoded once", "[page]") {
    PagesClient pages_client;
    pages_client.client.call("add_task", R"({"worker": "W", "task_id": "A/b%2F c", "family": "A"})");
    const http::Response page = pages_client.get("/task/A%2Fb%252F%20c");
    CHECK(page.status == 200);
    CHECK(page.body.find("A/b%2F c") != std::string::npos);
    CHECK(pages_client.get("/task/A/b%252F%20c").status == 404);
    CHECK(pages_client.get("/task/").status == 404);
}

TEST_CASE("a page's own headers stay as they are", "[page]") {
    PagesClient pages_client;
    const http::Response page = pages_client.get("/");
    CHECK(page.header("Content-Security-Policy")->starts_with("default-src 'none'; style-src 'sha256-"));
    CHECK(page.header("X-Content-Type-Options") == "nosniff");
    CHECK(page.header("Cache-Control") == "no-store");
}

TEST_CASE("only a sensible time makes a page come again", "[page]") {
    PagesClient pages_client;
    const auto auto_refreshes = [&](const std::string& query) {
        return pages_client.get("/" + query).body.find("http-equiv=\"refresh\"") != std::string::npos;
    };
    CHECK(auto_refreshes("?refresh=15"));
    for (const char* query :
         {"", "?refresh=", "?refresh=0", "?refresh=1", "?refresh=-5", "?refresh=15%22%3E", "?refresh=1e3"})
        CHECK_FALSE(auto_refreshes(query));
}

TEST_CASE("pages are read, not written", "[page]") {
    PagesClient pages_client;
    for (const char* url : {"/", "/metrics", "/task/A"}) CHECK(pages_client.client.post(url, "{}").status >= 404);
}

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/page/page_routes.hpp"
#include "scheduler/api/caller.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::scheduler;

namespace {

std::string token(char digit) { return std::string(64, digit); }

/// Somebody who asks a scheduler that has pages.
struct Reader {
    explicit Reader(ApiOptions options = {}) : caller(std::move(options)) {
        for (Route& route : page::page_routes(pages)) caller.api.add(std::move(route));
    }

    http::Response get(const std::string& url, char digit = 0) {
        if (digit == 0) return caller.get(url);
        return caller.get(url, {{"Authorization", "Bearer " + token(digit)}});
    }

    Caller caller;
    page::Pages pages{[this](auto see) { see(caller.executor.state, caller.clock.now()); }, caller.clock, {}};
};

}  // namespace

TEST_CASE("pages and metrics are for those who may view", "[page]") {
    Reader reader(
        {.tokens = Tokens::parse("v view " + token('1') + "\nw work " + token('2') + "\no operate " + token('3') + "\n",
                                 "tokens")});
    for (const std::string url : {"/", "/metrics", "/task/A"}) {
        INFO(url);
        CHECK(reader.get(url).status == 401);
        CHECK(reader.get(url, '2').status == 403);
        const int found = url == "/task/A" ? 404 : 200;
        CHECK(reader.get(url, '1').status == found);
        CHECK(reader.get(url, '3').status == found);
    }
}

TEST_CASE("the id in a task's address is decoded once", "[page]") {
    Reader reader;
    reader.caller.call("add_task", R"({"worker": "W", "task_id": "A/b%2F c", "family": "A"})");
    const http::Response page = reader.get("/task/A%2Fb%252F%20c");
    CHECK(page.status == 200);
    CHECK(page.body.find("A/b%2F c") != std::string::npos);
    CHECK(reader.get("/task/A/b%252F%20c").status == 404);
    CHECK(reader.get("/task/").status == 404);
}

TEST_CASE("a page's own headers stay as they are", "[page]") {
    Reader reader;
    const http::Response page = reader.get("/");
    CHECK(page.header("Content-Security-Policy")->starts_with("default-src 'none'; style-src 'sha256-"));
    CHECK(page.header("X-Content-Type-Options") == "nosniff");
    CHECK(page.header("Cache-Control") == "no-store");
}

TEST_CASE("only a sensible time makes a page come again", "[page]") {
    Reader reader;
    const auto comes_again = [&](const std::string& query) {
        return reader.get("/" + query).body.find("http-equiv=\"refresh\"") != std::string::npos;
    };
    CHECK(comes_again("?refresh=15"));
    for (const char* query :
         {"", "?refresh=", "?refresh=0", "?refresh=1", "?refresh=-5", "?refresh=15%22%3E", "?refresh=1e3"})
        CHECK_FALSE(comes_again(query));
}

TEST_CASE("pages are read, not written", "[page]") {
    Reader reader;
    for (const char* url : {"/", "/metrics", "/task/A"}) CHECK(reader.caller.post(url, "{}").status >= 404);
}

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/http_source.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace {

/// Answers everything alike and keeps what it was asked.
class FakeClient final : public freshet::http::Client {
public:
    explicit FakeClient(freshet::http::Response answer) : answer_(std::move(answer)) {}

    freshet::http::Response send(const freshet::http::Request& request) override {
        asked.push_back(request);
        return answer_;
    }

    std::vector<freshet::http::Request> asked;

private:
    freshet::http::Response answer_;
};

}  // namespace

TEST_CASE("a root is used with or without its last slash", "[gfs]") {
    FakeClient client({.headers = {{"Content-Length", "3"}}, .body = "abc"});
    CHECK(gfs::make_source("http://a/prod", client)->get("x.idx").bytes == "abc");
    CHECK(gfs::make_source("http://a/prod/", client)->head("x").length == 3);
    REQUIRE(client.asked.size() == 2);
    CHECK(client.asked[0].url == "http://a/prod/x.idx");
    CHECK(client.asked[1].url == "http://a/prod/x");
    CHECK(client.asked[1].method == "HEAD");
}

TEST_CASE("a range is asked for by its first and last byte", "[gfs]") {
    FakeClient client({.status = 206, .headers = {{"Content-Range", "bytes 10-12/99"}}, .body = "abc"});
    CHECK(gfs::HttpSource("http://a", client).get("f", {10, 13}) == "abc");
    CHECK(freshet::http::find_header(client.asked.at(0).headers, "range") == "bytes=10-12");
}

TEST_CASE("what is no URL is a folder", "[gfs]") {
    FakeClient client({});
    CHECK(gfs::make_source("/data/gfs", client)->address("x") == "/data/gfs/x");
    CHECK(client.asked.empty());
}

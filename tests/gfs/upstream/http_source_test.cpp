// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/http_source.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace {

/// Answers everything alike and keeps what it was asked.
class FakeClient final : public freshet::http::Client {
public:
    explicit FakeClient(freshet::http::Response response) : response_(std::move(response)) {}

    freshet::http::Response send(const freshet::http::Request& request) override {
        requests.push_back(request);
        return response_;
    }

    std::vector<freshet::http::Request> requests;

private:
    freshet::http::Response response_;
};

}  // namespace

TEST_CASE("a root is used with or without its last slash", "[gfs]") {
    FakeClient client({.headers = {{"Content-Length", "3"}}, .body = "abc"});
    CHECK(gfs::make_source("http://a/prod", client)->get("x.idx").bytes == "abc");
    CHECK(gfs::make_source("http://a/prod/", client)->head("x").length == 3);
    REQUIRE(client.requests.size() == 2);
    CHECK(client.requests[0].url == "http://a/prod/x.idx");
    CHECK(client.requests[1].url == "http://a/prod/x");
    CHECK(client.requests[1].method == "HEAD");
}

TEST_CASE("a range is asked for by its first and last byte", "[gfs]") {
    FakeClient client({.status = 206, .headers = {{"Content-Range", "bytes 10-12/99"}}, .body = "abc"});
    CHECK(gfs::HttpSource("http://a", client).get("f", {10, 13}) == "abc");
    CHECK(freshet::http::find_header(client.requests.at(0).headers, "range") == "bytes=10-12");
}

TEST_CASE("what is no URL is a folder", "[gfs]") {
    FakeClient client({});
    CHECK(gfs::make_source("/data/gfs", client)->address("x") == "/data/gfs/x");
    CHECK(client.requests.empty());
}

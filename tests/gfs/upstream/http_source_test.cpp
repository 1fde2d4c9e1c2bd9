// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/http_source.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <vector>

using freshet::FailureClass;
using freshet::http::Headers;
using freshet::http::Request;
using freshet::http::Response;
using namespace std::chrono_literals;

namespace {

/// Gives every request the same response and records the requests.
class FakeClient final : public freshet::http::Client {
public:
    explicit FakeClient(Response response) : response_(std::move(response)) {}

    Response send(const Request& request) override {
        requests.push_back(request);
        return response_;
    }

    std::vector<Request> requests;

private:
    Response response_;
};

const Request get{.url = "http://a/f"};
const gfs::ByteRange range{10, 14};

/// The error of fetching the range.
struct Failure {
    std::string message;
    FailureClass failure_class;
    std::optional<std::chrono::seconds> retry_after;
};

Failure failure_of(const Response& response) {
    try {
        gfs::partial_body(get, response, range);
    } catch (const freshet::TransientError& error) {
        return {error.what(), error.failure_class(), error.retry_after()};
    } catch (const freshet::Error& error) {
        return {error.what(), error.failure_class(), std::nullopt};
    }
    return {"none", FailureClass::permanent, std::nullopt};
}

}  // namespace

TEST_CASE("a base URL may end with a slash or not", "[gfs]") {
    FakeClient client({.headers = {{"Content-Length", "3"}}, .body = "abc"});
    CHECK(gfs::make_source("http://a/prod", client)->get("x.idx").bytes == "abc");
    CHECK(gfs::make_source("http://a/prod/", client)->head("x").length == 3);
    REQUIRE(client.requests.size() == 2);
    CHECK(client.requests[0].url == "http://a/prod/x.idx");
    CHECK(client.requests[1].url == "http://a/prod/x");
    CHECK(client.requests[1].method == "HEAD");
}

TEST_CASE("a range is requested by its first and last byte", "[gfs]") {
    FakeClient client({.status = 206, .headers = {{"Content-Range", "bytes 10-12/99"}}, .body = "abc"});
    CHECK(gfs::HttpSource("http://a", client).get("f", {10, 13}) == "abc");
    CHECK(freshet::http::find_header(client.requests.at(0).headers, "range") == "bytes=10-12");
}

TEST_CASE("an address without a URL scheme is a folder", "[gfs]") {
    FakeClient client({});
    CHECK(gfs::make_source("/data/gfs", client)->address("x") == "/data/gfs/x");
    CHECK(client.requests.empty());
}

TEST_CASE("each status has a failure class", "[gfs]") {
    CHECK(gfs::failure_class_of(404) == FailureClass::not_ready);
    CHECK(gfs::failure_class_of(302) == FailureClass::throttled);
    CHECK(gfs::failure_class_of(429) == FailureClass::throttled);
    CHECK(gfs::failure_class_of(403) == FailureClass::permanent);
    CHECK(gfs::failure_class_of(401) == FailureClass::permanent);
    for (const int status : {408, 416, 500, 502, 503, 504})
        CHECK(gfs::failure_class_of(status) == FailureClass::transient);
}

TEST_CASE("the error of a failed request names method, URL and status", "[gfs]") {
    CHECK(failure_of({.status = 404}).message == "GET http://a/f: status 404, not published yet");
    CHECK(failure_of({.status = 403}).message ==
          "GET http://a/f: status 403, no longer kept there, or this client is blocked");
}

TEST_CASE("the Retry-After of an overloaded server is honoured", "[gfs]") {
    CHECK(failure_of({.status = 503}).failure_class == FailureClass::transient);
    const auto throttled = failure_of({.status = 503, .headers = {{"Retry-After", "17"}}});
    CHECK(throttled.failure_class == FailureClass::throttled);
    CHECK(throttled.retry_after == 17s);
    const Headers dates{{"Date", "Tue, 15 Mar 2022 21:30:00 GMT"}, {"Retry-After", "Tue, 15 Mar 2022 21:31:05 GMT"}};
    CHECK(failure_of({.status = 429, .headers = dates}).retry_after == 65s);
    CHECK(failure_of({.status = 429, .headers = {{"Retry-After", "soon"}}}).retry_after == std::nullopt);
}

TEST_CASE("the response to a range must be exactly that range", "[gfs]") {
    const Headers right{{"Content-Range", "bytes 10-13/99"}};
    CHECK(gfs::partial_body(get, {.status = 206, .headers = right, .body = "abcd"}, range) == "abcd");
    const auto message_of = [](const Response& response) {
        const auto failure = failure_of(response);
        CHECK(failure.failure_class == FailureClass::transient);
        return failure.message;
    };
    CHECK(message_of({.status = 200, .body = "whole"}) ==
          "GET http://a/f: status 200, but the server ignored the range");
    CHECK(message_of({.status = 206, .headers = {{"Content-Range", "bytes 0-3/99"}}, .body = "abcd"}) ==
          "GET http://a/f: status 206, but the server sent another range: 'bytes 0-3/99'");
    CHECK(message_of({.status = 206, .body = "abcd"}) ==
          "GET http://a/f: status 206, but the server sent another range: ''");
    CHECK(message_of({.status = 206, .headers = right}) == "GET http://a/f: status 206, but the body is empty");
    CHECK(message_of({.status = 206, .headers = right, .body = "ab"}) ==
          "GET http://a/f: status 206, but only 2 of 4 bytes arrived");
}

TEST_CASE("the body of a whole file must be neither empty nor a web page", "[gfs]") {
    CHECK(gfs::whole_body(get, {.body = "1:0:"}).bytes == "1:0:");
    CHECK_THROWS_WITH(gfs::whole_body(get, {.body = ""}), "GET http://a/f: status 200, but the body is empty");
    CHECK_THROWS_WITH(gfs::whole_body(get, {.body = "\n<!DOCTYPE html><html>"}),
                      "GET http://a/f: status 200, but the body is a web page");
    CHECK_THROWS_WITH(gfs::whole_body(get, {.headers = {{"Content-Length", "9"}}, .body = "abc"}),
                      "GET http://a/f: status 200, but only 3 of 9 bytes arrived");
}

TEST_CASE("length, time and ETag of a file come from the headers", "[gfs]") {
    const Headers headers{
        {"content-length", "540"}, {"last-modified", "Tue, 15 Mar 2022 21:30:00 GMT"}, {"etag", "\"abc\""}};
    const auto info = gfs::file_info({.method = "HEAD", .url = "http://a/f"}, {.headers = headers});
    CHECK(info.length == 540);
    CHECK(info.last_modified == std::chrono::sys_days{2022y / 3 / 15} + 21h + 30min);
    CHECK(info.etag == "\"abc\"");
    CHECK_THROWS_WITH(gfs::file_info(get, {.headers = {{"Content-Length", "0"}}}),
                      "GET http://a/f: status 200, but the file is empty");
}

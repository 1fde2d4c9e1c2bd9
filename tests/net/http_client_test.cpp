// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/error.hpp"
#include "net/loopback.hpp"
#include "net/raw_socket.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <mutex>
#include <thread>

using namespace freshet;
using namespace freshet::http;
using test::Loopback;

namespace {

/// Responds with the request as text.
Response echo(const Request& request) {
    std::string text = fmt::format("{} {}\n", request.method, request.url);
    for (const auto& [name, value] : request.headers) text += fmt::format("{}: {}\n", name, value);
    return {.body = text + "\n" + request.body};
}

}  // namespace

TEST_CASE("a request arrives with its method, path, query, headers and body", "[net]") {
    const Loopback loopback{echo};
    for (const auto* method : {"POST", "PUT", "PATCH", "DELETE"}) {
        const auto response = loopback.client->send(
            {.method = method, .url = loopback.url("/a%20b?c=d"), .headers = {{"Range", "bytes=0-9"}}, .body = "text"});
        CHECK(response.status == 200);
        CHECK_THAT(response.body, Catch::StartsWith(fmt::format("{} /a%20b?c=d\n", method)));
        CHECK_THAT(response.body, Catch::Contains("Range: bytes=0-9\n"));
        CHECK_THAT(response.body, Catch::EndsWith("\n\ntext"));
    }
}

TEST_CASE("a body without a Content-Type is sent without one", "[net]") {
    const Loopback loopback{echo};
    const auto response = loopback.client->send({.method = "POST", .url = loopback.url(), .body = "a=b"});
    CHECK_THAT(response.body, !Catch::Contains("Content-Type", Catch::CaseSensitive::No));
}

TEST_CASE("a POST without a body sends Content-Length 0", "[net]") {
    const Loopback loopback{echo};
    const auto response = loopback.client->send({.method = "POST", .url = loopback.url()});
    CHECK_THAT(response.body, Catch::Contains("Content-Length: 0\n"));
}

TEST_CASE("any status is a response, with headers and body", "[net]") {
    const Loopback loopback{[](const Request& request) {
        const int status = std::stoi(request.url.substr(1));
        return Response{.status = status, .headers = {{"X-Reason", " because "}}, .body = "why"};
    }};
    for (const int status : {201, 403, 404, 416, 429, 500, 503}) {
        const auto response = loopback.get(fmt::format("/{}", status));
        CHECK(response.status == status);
        CHECK(response.header("x-reason") == "because");
        CHECK(response.body == "why");
    }
}

TEST_CASE("a body of announced length takes no more memory than that", "[net]") {
    constexpr std::size_t length = 5'000'000;  // a string that grows would have room for 8 MB
    const Loopback loopback{[](const Request&) { return Response{.body = std::string(length, 'x')}; }};
    const auto response = loopback.get();
    CHECK(response.body.size() == length);
    CHECK(response.body.capacity() < length + length / 10);
}

TEST_CASE("redirects are not followed", "[net]") {
    const Loopback loopback{[](const Request&) {
        return Response{.status = 302, .headers = {{"Location", "/other"}}};
    }};
    const auto response = loopback.get();
    CHECK(response.status == 302);
    CHECK(response.header("location") == "/other");
}

TEST_CASE("one connection serves many requests", "[net]") {
    std::atomic<int> connections = 0;
    test::RawServer server{[&](test::RawSocket& socket) {
        ++connections;
        while (!socket.read_until("\r\n\r\n").empty()) socket.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }};
    const auto client = make_client();
    for (int i = 0; i < 5; ++i) CHECK(client->send({.url = server.url()}).body == "ok");
    CHECK(connections == 1);
}

TEST_CASE("a connection that the server has closed is replaced transparently", "[net]") {
    test::RawServer server{[&](test::RawSocket& socket) {
        socket.read_until("\r\n\r\n");
        socket.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }};
    const auto client = make_client();
    for (int i = 0; i < 3; ++i) CHECK(client->send({.method = "POST", .url = server.url()}).body == "ok");
}

TEST_CASE("many threads share one client", "[net]") {
    const Loopback loopback{[](const Request& request) { return Response{.body = request.body}; }};
    std::atomic<int> right = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 8; ++thread) {
        threads.emplace_back([&, thread] {
            for (int i = 0; i < 25; ++i) {
                const auto text = fmt::format("{}.{}", thread, i);
                if (loopback.client->send({.method = "PUT", .url = loopback.url(), .body = text}).body == text) ++right;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(right == 200);
}

TEST_CASE("100 Continue is skipped", "[net]") {
    test::RawServer server{[](test::RawSocket& socket) {
        socket.read_until("\r\n\r\n");
        socket.send("HTTP/1.1 100 Continue\r\nX-A: 1\r\n\r\nHTTP/1.1 200 OK\r\nX-B: 2\r\nContent-Length: 0\r\n\r\n");
    }};
    const auto response = make_client()->send({.method = "PUT", .url = server.url(), .body = "x"});
    CHECK(response.status == 200);
    CHECK(response.header("X-A") == std::nullopt);
    CHECK(response.header("X-B") == "2");
}

TEST_CASE("credentials in a URL are sent as Basic authorization", "[net]") {
    const Loopback loopback{echo};
    auto url = loopback.url();
    url.insert(std::string_view{"http://"}.size(), "user:to%3Aken@");
    CHECK_THAT(loopback.client->send({.url = url}).body, Catch::Contains("Authorization: Basic dXNlcjp0bzprZW4=\n"));
}

TEST_CASE("a request that cannot be sent is a permanent error", "[net]") {
    const auto client = make_client();
    const auto refusal = [&](const Request& request) {
        return test::message_of<Error>([&] {
            try {
                client->send(request);
            } catch (const TransientError&) {
                FAIL("a retry would change nothing");
            }
        });
    };
    CHECK(refusal({.url = "ftp://host/a"}) == "get 'ftp://host/a': expected an http://, https:// or http+unix:// URL");
    CHECK_THAT(refusal({.url = "http://"}), Catch::StartsWith("get 'http://': "));
    CHECK(refusal({.url = "http://127.0.0.1/", .headers = {{"A", "b\r\nC: d"}}}) ==
          "get 'http://127.0.0.1/': header 'A' contains a line break");
}

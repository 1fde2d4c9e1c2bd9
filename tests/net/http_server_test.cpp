// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/files.hpp"
#include "freshet/error.hpp"
#include "net/loopback.hpp"
#include "net/raw_socket.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <future>

using namespace freshet;
using namespace freshet::http;
using test::Loopback;
using test::RawSocket;

namespace {

Response hello(const Request&) { return {.headers = {{"Content-Type", "text/plain"}}, .body = "hello"}; }

/// Sends the bytes and returns the server's output until it closes.
std::string raw_response(const Loopback& loopback, std::string_view bytes) {
    const auto socket = RawSocket::connect(loopback.server.port());
    socket.send(bytes);
    return socket.read_all();
}

}  // namespace

TEST_CASE("HEAD returns the headers of GET without its body", "[net]") {
    const Loopback loopback{hello};
    const auto response = loopback.client->send({.method = "HEAD", .url = loopback.url()});
    CHECK(response.header("Content-Length") == "5");
    CHECK(response.header("Content-Type") == "text/plain");
    CHECK(response.body.empty());
    CHECK_THAT(raw_response(loopback, "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
               Catch::EndsWith("\r\n\r\n"));
}

TEST_CASE("a handler may set the Content-Length of a HEAD response", "[net]") {
    const Loopback loopback{[](const Request&) { return Response{.headers = {{"content-length", "123456"}}}; }};
    const auto response = loopback.client->send({.method = "HEAD", .url = loopback.url()});
    CHECK(response.header("Content-Length") == "123456");
}

TEST_CASE("pipelined requests are answered in order", "[net]") {
    const Loopback loopback{[](const Request& request) { return Response{.body = request.url}; }};
    const auto responses = raw_response(loopback,
                                        "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
                                        "GET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const auto first = responses.find("\r\n\r\n/1HTTP/1.1 200 OK\r\n");
    CHECK(first != std::string::npos);
    CHECK_THAT(responses, Catch::EndsWith("\r\n\r\n/2"));
}

TEST_CASE("a handler that throws causes a one-line 500", "[net]") {
    const Loopback loopback{[](const Request&) -> Response { throw Error("open 'x': no such file\nat line 3"); }};
    const auto response = loopback.get();
    CHECK(response.status == 500);
    CHECK(response.body == "open 'x': no such file\n");
}

TEST_CASE("a response header with a line break is not sent", "[net]") {
    const Loopback loopback{[](const Request&) { return Response{.headers = {{"A", "b\r\nSet-Cookie: c"}}}; }};
    const auto response = loopback.get();
    CHECK(response.status == 500);
    CHECK(response.header("Set-Cookie") == std::nullopt);
}

TEST_CASE("a request that is not HTTP gets a 400", "[net]") {
    const Loopback loopback{hello};
    for (const auto* bytes : {"hello\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
                              "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                              "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                              "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                              "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n"}) {
        CAPTURE(bytes);
        CHECK_THAT(raw_response(loopback, bytes), Catch::StartsWith("HTTP/1.1 400 Bad Request\r\n"));
    }
}

TEST_CASE("a body over the limit gets a 413, and the server keeps serving", "[net]") {
    const Loopback loopback{hello, {.body_limit = 1000}};
    const Request large{.method = "POST", .url = loopback.url(), .body = std::string(5'000'000, 'x')};
    CHECK(loopback.client->send(large).status == 413);
    CHECK(loopback.get().body == "hello");
    CHECK_THAT(raw_response(loopback, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n" +
                                          std::string(4096, 'x')),
               Catch::StartsWith("HTTP/1.1 413 "));
}

TEST_CASE("headers over the limit get a 431", "[net]") {
    const Loopback loopback{hello};
    CHECK_THAT(raw_response(loopback, "GET / HTTP/1.1\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n"),
               Catch::StartsWith("HTTP/1.1 431 "));
}

TEST_CASE("Expect: 100-continue is answered with 100 Continue", "[net]") {
    const Loopback loopback{[](const Request& request) { return Response{.body = request.body}; }};
    const auto socket = RawSocket::connect(loopback.server.port());
    socket.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 4\r\n\r\n");
    CHECK(socket.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    socket.send("body");
    CHECK_THAT(socket.read_all(), Catch::EndsWith("\r\n\r\nbody"));
}

TEST_CASE("a response without content has no Content-Length", "[net]") {
    const Loopback loopback{[](const Request&) { return Response{.status = 204, .body = "ignored"}; }};
    const auto response = loopback.get();
    CHECK(response.status == 204);
    CHECK(response.body.empty());
    CHECK(response.header("Content-Length") == std::nullopt);
}

TEST_CASE("a file region is sent as it is on disk", "[net]") {
    const test::TempDir dir;
    std::string content;
    for (int i = 0; i < 200'000; ++i) content += fmt::format("{:06}\n", i);
    write_file_atomically(dir.path() / "large", content);
    const Loopback loopback{[&](const Request&) {
        return Response{.status = 206,
                        .file = FileRegion{.path = dir.path() / "large", .offset = 700, .length = 1'000'001}};
    }};
    CHECK((loopback.get().body == content.substr(700, 1'000'001)));
    CHECK(loopback.client->send({.method = "HEAD", .url = loopback.url()}).header("Content-Length") == "1000001");
    CHECK((loopback.get().body == content.substr(700, 1'000'001)));
}

TEST_CASE("a missing file is a 500, one that is too short truncates the response", "[net]") {
    const test::TempDir dir;
    write_file_atomically(dir.path() / "short", "12345");
    const Loopback loopback{[&](const Request& request) {
        return Response{.file = FileRegion{.path = dir.path().native() + request.url, .length = 10}};
    }};
    CHECK(loopback.get("/none").body ==
          fmt::format("open '{}/none': No such file or directory\n", dir.path().native()));
    CHECK_THROWS_AS(loopback.get("/short"), TransientError);
}

TEST_CASE("an address that cannot be listened on is named in the error", "[net]") {
    const Loopback first{hello};
    const auto message = [](ServerOptions options) {
        return test::message_of<Error>([&] { const Server server(options, hello); });
    };
    CHECK(message({.port = first.server.port()}) ==
          fmt::format("listen on 127.0.0.1:{}: Address already in use", first.server.port()));
    CHECK(message({.address = "localhost", .port = 1}) == "listen on localhost:1: Invalid argument");
}

TEST_CASE("a request under way is answered before the server ends", "[net]") {
    std::promise<void> entered;
    std::promise<void> may_respond;
    auto loopback = std::make_unique<Loopback>([&](const Request&) {
        entered.set_value();
        may_respond.get_future().wait();
        return Response{.body = "done"};
    });
    const auto client = make_client();
    auto response =
        std::async(std::launch::async, [&, url = loopback->url()] { return client->send({.url = url}).body; });
    entered.get_future().wait();
    auto ended = std::async(std::launch::async, [&] { loopback.reset(); });
    may_respond.set_value();
    CHECK(response.get() == "done");
    ended.get();
}

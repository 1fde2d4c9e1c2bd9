// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/error.hpp"
#include "net/loopback.hpp"
#include "net/raw_socket.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <optional>
#include <thread>

using namespace freshet;
using namespace freshet::http;
using namespace std::chrono_literals;
using test::AsyncLoopback;
using test::RawSocket;

namespace {

constexpr std::string_view get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

MakeResponse responds_with(std::string text) {
    return [text = std::move(text)] { return Response{.body = text}; };
}

}  // namespace

TEST_CASE("a response may be sent later, from another thread", "[net]") {
    AsyncLoopback loopback;
    const auto socket = RawSocket::connect(loopback.port());
    socket.send(get);
    auto pending = loopback.take();
    CHECK(pending.request.peer == "127.0.0.1");
    CHECK(pending.request.is_connected());
    pending.respond(responds_with("later"));
    CHECK_THAT(socket.read_until("later"), Catch::EndsWith("\r\n\r\nlater"));
}

TEST_CASE("a pending request is not subject to the idle timeout", "[net]") {
    AsyncLoopback loopback{{.idle_timeout = 20ms}};
    const auto socket = RawSocket::connect(loopback.port());
    socket.send(get);
    auto pending = loopback.take();
    const auto silent = RawSocket::connect(loopback.port());  // closed when the timeout has passed
    CHECK(silent.read_all().empty());
    CHECK(pending.request.is_connected());
    pending.respond(responds_with("late"));
    CHECK_THAT(socket.read_until("late"), Catch::EndsWith("late"));
}

TEST_CASE("pending requests occupy no thread", "[net]") {
    AsyncLoopback loopback{{.threads = 1}};
    std::vector<RawSocket> sockets;
    std::vector<test::PendingRequest> pending;
    for (int i = 0; i < 50; ++i) {
        sockets.push_back(RawSocket::connect(loopback.port()));
        sockets.back().send(get);
        pending.push_back(loopback.take());
    }
    for (auto& one : pending) one.respond(responds_with("done"));
    for (const auto& socket : sockets) CHECK_THAT(socket.read_until("done"), Catch::EndsWith("done"));
}

TEST_CASE("only the first response counts", "[net]") {
    AsyncLoopback loopback;
    const auto socket = RawSocket::connect(loopback.port());
    for (const auto* text : {"first", "next"}) {
        socket.send(get);
        auto pending = loopback.take();
        pending.respond(responds_with(text));
        pending.respond(responds_with("second"));
        CHECK_THAT(socket.read_until(text), Catch::EndsWith(std::string{"\r\n\r\n"} + text));
    }
}

TEST_CASE("a request whose responder is dropped gets a 500", "[net]") {
    AsyncLoopback loopback;
    const auto socket = RawSocket::connect(loopback.port());
    socket.send(get);
    loopback.take();
    const auto text = socket.read_until("request\n");
    CHECK_THAT(text,
               Catch::StartsWith("HTTP/1.1 500 ") && Catch::EndsWith("the request was dropped without a response\n"));
}

TEST_CASE("a response that cannot be made is a 500", "[net]") {
    AsyncLoopback loopback;
    const auto socket = RawSocket::connect(loopback.port());
    socket.send(get);
    loopback.take().respond([]() -> Response { throw Error("no such page"); });
    CHECK_THAT(socket.read_until("page\n"), Catch::StartsWith("HTTP/1.1 500 ") && Catch::EndsWith("no such page\n"));
}

TEST_CASE("an asynchronous handler that throws causes a 500", "[net]") {
    const Server server{{}, [](const Request&, const Responder&) { throw Error("too much"); }};
    const auto socket = RawSocket::connect(server.port());
    socket.send(get);
    CHECK_THAT(socket.read_until("much\n"), Catch::StartsWith("HTTP/1.1 500 ") && Catch::EndsWith("too much\n"));
}

TEST_CASE("pipelined requests are handled and answered one by one", "[net]") {
    AsyncLoopback loopback;
    const auto socket = RawSocket::connect(loopback.port());
    socket.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    for (const auto* path : {"/1", "/2"}) {
        auto pending = loopback.take();
        CHECK(pending.request.url == path);
        pending.respond(responds_with(path));
    }
    const auto responses = socket.read_all();
    CHECK(responses.find("\r\n\r\n/1HTTP/1.1 200 OK\r\n") != std::string::npos);
    CHECK_THAT(responses, Catch::EndsWith("\r\n\r\n/2"));
}

TEST_CASE("a client that disconnects while its request is pending is detected", "[net]") {
    AsyncLoopback loopback;
    std::optional<RawSocket> socket = RawSocket::connect(loopback.port());
    socket->send(get);
    auto pending = loopback.take();
    CHECK(pending.request.is_connected());
    socket.reset();
    while (pending.request.is_connected()) std::this_thread::yield();
    pending.respond(responds_with("unread"));
    const auto other = RawSocket::connect(loopback.port());
    other.send(get);
    loopback.take().respond(responds_with("read"));
    CHECK_THAT(other.read_until("read"), Catch::EndsWith("read"));
}

TEST_CASE("a half-closed client still gets its responses", "[net]") {
    AsyncLoopback loopback;
    const auto socket = RawSocket::connect(loopback.port());
    socket.send(std::string{get} + std::string{get});
    socket.end();
    loopback.take().respond(responds_with("first"));
    loopback.take().respond(responds_with("second"));
    const auto responses = socket.read_all();
    CHECK_THAT(responses, Catch::Contains("\r\n\r\nfirstHTTP/1.1 ") && Catch::EndsWith("\r\n\r\nsecond"));
}

TEST_CASE("pipelined input is not read without limit", "[net]") {
    AsyncLoopback loopback;
    const auto socket = RawSocket::connect(loopback.port());
    std::string many;
    for (int i = 0; i < 2000; ++i) many += get;
    socket.send(many);
    for (int i = 0; i < 2000; ++i) loopback.take().respond(responds_with("."));
    socket.end();
    const auto responses = socket.read_all();
    CHECK(std::ranges::count(responses, '.') == 2000 * 2);  // one in "HTTP/1.1", one in the body
}

TEST_CASE("a response after the end of the server is ignored", "[net]") {
    std::optional<test::PendingRequest> pending;
    std::optional<test::PendingRequest> dropped;
    {
        AsyncLoopback loopback{{.drain_timeout = 20ms}};
        {
            const auto socket = RawSocket::connect(loopback.port());
            socket.send(get);
            pending = loopback.take();
            socket.send("x");
        }
        const auto socket = RawSocket::connect(loopback.port());
        socket.send(get);
        dropped = loopback.take();
    }
    CHECK_FALSE(pending->request.is_connected());
    CHECK_FALSE(dropped->request.is_connected());
    pending->respond(responds_with("too late"));
    dropped.reset();
}

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "net/loopback.hpp"
#include "net/raw_socket.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::http;
using namespace std::chrono_literals;
using test::Loopback;
using test::RawSocket;

namespace {

constexpr std::string_view get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

Response hello(const Request&) { return {.body = "hello"}; }

void ask(const RawSocket& socket) {
    socket.send(get);
    CHECK_THAT(socket.read_until("hello"), Catch::EndsWith("hello"));
}

}  // namespace

TEST_CASE("beyond the connection limit the longest idle connection is closed", "[net]") {
    // One thread: it registers the client as idle before it accepts the next connection.
    const Loopback loopback{hello, {.threads = 1, .max_connections = 3}};
    std::vector<RawSocket> sockets;
    for (int i = 0; i < 3; ++i) {
        sockets.push_back(RawSocket::connect(loopback.server.port()));
        ask(sockets.back());
    }
    ask(sockets[0]);  // now the second has been idle longest
    const auto one_more = RawSocket::connect(loopback.server.port());
    ask(one_more);
    CHECK(sockets[1].read_all().empty());
    ask(sockets[0]);
    ask(sockets[2]);
}

TEST_CASE("clients that send half a request cannot lock others out", "[net]") {
    const Loopback loopback{hello, {.max_connections = 3}};
    std::vector<RawSocket> slow;
    for (int i = 0; i < 10; ++i) {
        slow.push_back(RawSocket::connect(loopback.server.port()));
        slow.back().send("POST / HTTP/1.1\r\nHost: x\r\nContent-Le");
    }
    CHECK(loopback.get().body == "hello");
}

TEST_CASE("a connection with a pending request is not evicted", "[net]") {
    test::AsyncLoopback loopback{{.max_connections = 1}};
    const auto socket = RawSocket::connect(loopback.port());
    socket.send(get);
    auto pending = loopback.take();
    const auto one_more = RawSocket::connect(loopback.port());
    CHECK(one_more.read_all().empty());
    pending.respond([] { return Response{.body = "kept"}; });
    CHECK_THAT(socket.read_until("kept"), Catch::EndsWith("kept"));
}

TEST_CASE("a request sent byte by byte must be complete within the request timeout", "[net]") {
    const Loopback loopback{hello, {.idle_timeout = 10s, .request_timeout = 50ms}};
    const auto socket = RawSocket::connect(loopback.server.port());
    socket.send("GET / HT");
    CHECK(socket.read_all().empty());
}

TEST_CASE("the request timeout begins with the first byte", "[net]") {
    const Loopback loopback{hello, {.idle_timeout = 10s, .request_timeout = 50ms}};
    const auto idle = RawSocket::connect(loopback.server.port());
    const auto late = RawSocket::connect(loopback.server.port());
    late.send("G");
    CHECK(late.read_all().empty());  // closed: the timeout has passed
    ask(idle);
}

TEST_CASE("the header limit is configurable", "[net]") {
    const Loopback loopback{hello, {.header_limit = 1000}};
    CHECK(loopback.get("/" + std::string(500, 'a')).status == 200);
    CHECK(loopback.get("/" + std::string(1500, 'a')).status == 431);
}

TEST_CASE("a query may be longer than the read buffer", "[net]") {
    const Loopback loopback{[](const Request& request) { return Response{.body = request.url}; }};
    const auto path = "/?data=" + std::string(50'000, 'a');
    CHECK((loopback.get(path).body == path));
}

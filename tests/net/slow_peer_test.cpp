// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "net/loopback.hpp"
#include "net/raw_socket.hpp"

#include <catch2/catch.hpp>

#include <future>

using namespace freshet;
using namespace freshet::http;
using namespace std::chrono_literals;
using test::Loopback;
using test::RawSocket;

namespace {

Response hello(const Request&) { return {.body = "hello"}; }

}  // namespace

TEST_CASE("silent clients block nobody", "[net]") {
    const Loopback loopback{hello, {.threads = 1}};
    std::vector<RawSocket> silent;
    for (int i = 0; i < 50; ++i) {
        silent.push_back(RawSocket::connect(loopback.server.port()));
        silent.back().send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
    }
    CHECK(loopback.get().body == "hello");
}

TEST_CASE("a client that does not read its response blocks nobody", "[net]") {
    const std::string large(8'000'000, 'x');
    const Loopback loopback{
        [&](const Request& request) { return Response{.body = request.url == "/large" ? large : "hello"}; },
        {.threads = 1}};
    const auto socket = RawSocket::connect(loopback.server.port());
    socket.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(loopback.get().body == "hello");
}

TEST_CASE("a client that stops in the middle of a request is disconnected", "[net]") {
    const Loopback loopback{hello, {.idle_timeout = 50ms}};
    for (const auto* bytes : {"", "GET / HT", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf"}) {
        const auto socket = RawSocket::connect(loopback.server.port());
        socket.send(bytes);
        CHECK(socket.read_all().empty());
    }
}

TEST_CASE("a server shuts down although clients keep their connections", "[net]") {
    std::vector<RawSocket> clients;
    {
        const Loopback loopback{hello};
        clients.push_back(RawSocket::connect(loopback.server.port()));
        clients.push_back(RawSocket::connect(loopback.server.port()));
        clients.back().send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        CHECK_THAT(clients.back().read_until("hello"), Catch::EndsWith("hello"));
    }
    for (const auto& client : clients) CHECK(client.read_all().empty());
}

TEST_CASE("a stop request ends a pending request of the client", "[net]") {
    std::promise<void> asked;
    std::promise<void> may_respond;
    const Loopback loopback{[&](const Request&) {
        asked.set_value();
        may_respond.get_future().wait();
        return Response{};
    }};
    std::stop_source stop;
    auto response = std::async(
        std::launch::async, [&] { return loopback.client->send({.url = loopback.url(), .stop = stop.get_token()}); });
    asked.get_future().wait();
    stop.request_stop();
    CHECK_THROWS_WITH(response.get(), Catch::EndsWith(": stopped"));
    may_respond.set_value();
}

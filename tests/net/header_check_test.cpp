// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "net/loopback.hpp"
#include "net/raw_socket.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <future>

using namespace freshet;
using namespace freshet::http;
using namespace std::chrono_literals;
using test::Loopback;
using test::RawSocket;

namespace {

constexpr std::size_t long_size = 40'000;  // longer than what is read with the header
constexpr std::string_view short_request = "GET /short HTTP/1.1\r\nHost: x\r\n\r\n";

std::string header_of(std::string_view path, std::size_t body_size, std::string_view more = "") {
    return fmt::format("POST {} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n{}\r\n", path, body_size, more);
}

std::string long_request(std::string_view path) { return header_of(path, long_size) + std::string(long_size, 'a'); }

Response body_size_of(const Request& request) { return {.body = std::to_string(request.body.size())}; }

HeaderCheck refused(const Request& header) {
    return {.refusal = Response{.status = 403, .body = fmt::format("no {} for {}", header.url, header.peer)}};
}

void respond(const test::PendingRequest& pending) {
    pending.respond([] { return Response{.body = "done"}; });
}

}  // namespace

TEST_CASE("a refused request is answered before its body is sent", "[net]") {
    const Loopback loopback{body_size_of, {.check_header = refused}};
    const auto socket = RawSocket::connect(loopback.server.port());
    socket.send(header_of("/door", 10'000'000));
    CHECK_THAT(socket.read_until("127.0.0.1"),
               Catch::StartsWith("HTTP/1.1 403 ") && Catch::EndsWith("no /door for 127.0.0.1"));
}

TEST_CASE("a refused client is not told to continue", "[net]") {
    const Loopback loopback{body_size_of, {.check_header = refused}};
    const auto socket = RawSocket::connect(loopback.server.port());
    socket.send(header_of("/", 10, "Expect: 100-continue\r\n"));
    CHECK_THAT(socket.read_until("127.0.0.1"), Catch::StartsWith("HTTP/1.1 403 "));
}

TEST_CASE("a body has the limit that the check of its header sets", "[net]") {
    const Loopback loopback{body_size_of,
                            {.check_header = [](const Request&) { return HeaderCheck{.body_limit = 50'000}; }}};
    CHECK(loopback.client->send({.method = "POST", .url = loopback.url(), .body = std::string(50'000, 'a')}).body ==
          "50000");
    const auto socket = RawSocket::connect(loopback.server.port());
    socket.send(header_of("/", 50'001));
    CHECK_THAT(socket.read_until("bytes"), Catch::StartsWith("HTTP/1.1 413 "));
    const auto by_chunks = RawSocket::connect(loopback.server.port());
    by_chunks.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\nffff\r\n");
    CHECK_THAT(by_chunks.read_until("bytes"), Catch::StartsWith("HTTP/1.1 413 "));
}

TEST_CASE("a long body waits until there is memory for it, and a short request does not", "[net]") {
    test::AsyncLoopback loopback{{.threads = 1, .body_limit = 50'000, .body_budget = 50'000}};
    const auto first = RawSocket::connect(loopback.port());
    const auto second = RawSocket::connect(loopback.port());
    const auto third = RawSocket::connect(loopback.port());
    first.send(long_request("/first"));
    {
        const auto held = loopback.take();
        CHECK(held.request.url == "/first");
        second.send(long_request("/second"));
        third.send(short_request);
        const auto next = loopback.take();
        CHECK(next.request.url == "/short");
        respond(next);
        respond(held);
    }
    const auto last = loopback.take();
    CHECK(last.request.url == "/second");
    CHECK(last.request.body.size() == long_size);
}

TEST_CASE("a client that gave up its wait makes room for the next", "[net]") {
    test::AsyncLoopback loopback{{.threads = 1, .body_limit = 50'000, .body_budget = 50'000}};
    const auto first = RawSocket::connect(loopback.port());
    const auto last = RawSocket::connect(loopback.port());
    first.send(long_request("/first"));
    {
        const auto held = loopback.take();
        RawSocket::connect(loopback.port()).send(header_of("/gone", long_size));
        last.send(long_request("/last"));
        respond(held);
    }
    CHECK(loopback.take().request.url == "/last");
}

TEST_CASE("chunks beyond the budget are refused for now", "[net]") {
    test::AsyncLoopback loopback{{.threads = 1, .body_limit = 50'000, .body_budget = 50'000}};
    const auto first = RawSocket::connect(loopback.port());
    first.send(long_request("/first"));
    const auto held = loopback.take();
    const auto chunked = RawSocket::connect(loopback.port());
    chunked.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
    CHECK_THAT(chunked.read_until("Continue\r\n\r\n"), Catch::StartsWith("HTTP/1.1 100 "));  // it is admitted
    chunked.send(fmt::format("7000\r\n{}", std::string(0x7000, 'a')));
    CHECK_THAT(chunked.read_until("at once"),
               Catch::StartsWith("HTTP/1.1 503 ") && Catch::Contains("Retry-After: 1\r\n"));
}

TEST_CASE("headers beyond their budget are refused for now", "[net]") {
    const Loopback loopback{body_size_of, {.header_budget = 20'000}};
    CHECK(loopback.get("/" + std::string(15'000, 'a')).status == 200);
    CHECK(loopback.get("/" + std::string(25'000, 'a')).status == 503);
    CHECK(loopback.get("/" + std::string(15'000, 'a')).status == 200);
}

TEST_CASE("a long body is taken apart while others are served", "[net]") {
    std::promise<void> asked;
    const auto other_request = asked.get_future().share();
    Server server{{.threads = 1}, [&](const Request& request, const Responder& reply) {
                      const bool is_long = !request.body.empty();
                      if (!is_long) asked.set_value();
                      const bool is_in_time = other_request.wait_for(20s) == std::future_status::ready;
                      reply([=] { return Response{.body = is_in_time ? "served" : "kept waiting"}; });
                  }};
    const auto long_one = RawSocket::connect(server.port());
    long_one.send(header_of("/", 100'000) + std::string(100'000, 'a'));
    const auto short_one = RawSocket::connect(server.port());
    short_one.send(short_request);
    CHECK_THAT(short_one.read_until("served"), Catch::EndsWith("served"));
    CHECK_THAT(long_one.read_until("served"), Catch::EndsWith("served"));
}

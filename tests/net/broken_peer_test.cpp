// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/error.hpp"
#include "freshet/http.hpp"
#include "net/loopback.hpp"
#include "net/raw_socket.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::http;
using namespace std::chrono_literals;
using test::RawServer;
using test::RawSocket;

namespace {

std::string transient_failure(const Request& request) {
    return test::message_of<TransientError>([&] { make_client()->send(request); });
}

/// A server that reads a request, sends `bytes` and closes.
RawServer responds_with(std::string_view bytes) {
    return RawServer{[bytes](RawSocket& socket) {
        socket.read_until("\r\n\r\n");
        socket.send(bytes);
    }};
}

/// A server that reads a request, sends `bytes` and waits until the client disconnects.
RawServer stalls_after(std::string_view bytes) {
    return RawServer{[bytes](RawSocket& socket) {
        socket.read_until("\r\n\r\n");
        socket.send(bytes);
        socket.read_all();
    }};
}

}  // namespace

TEST_CASE("a refused connection is a transient failure that names the URL", "[net]") {
    const auto url = fmt::format("http://127.0.0.1:{}/a.idx", test::free_port());
    const auto message = transient_failure({.url = url});
    CHECK_THAT(message, Catch::StartsWith(fmt::format("get '{}': Failed to connect to 127.0.0.1", url)));
}

TEST_CASE("a body shorter than its Content-Length is a transient failure", "[net]") {
    const auto server = responds_with("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort");
    CHECK_THAT(transient_failure({.url = server.url("/x")}), Catch::Contains("5 bytes remaining to read"));
}

TEST_CASE("a truncated chunked body is a transient failure", "[net]") {
    const auto server = responds_with("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n");
    CHECK_THAT(transient_failure({.url = server.url()}), Catch::StartsWith("get '" + server.url() + "': "));
}

TEST_CASE("a connection closed without a response is a transient failure", "[net]") {
    const auto server = responds_with("");
    CHECK_THAT(transient_failure({.method = "HEAD", .url = server.url()}), Catch::Contains("Empty reply from server"));
}

TEST_CASE("a response that is not HTTP is a transient failure", "[net]") {
    const auto server = responds_with("220 smtp ready\r\n\r\n");
    CHECK_THAT(transient_failure({.url = server.url()}), Catch::StartsWith("get '" + server.url() + "': "));
}

TEST_CASE("a server that never responds fails after the stall timeout", "[net]") {
    const auto server = stalls_after("");
    CHECK(transient_failure({.url = server.url(), .stall_timeout = 50ms}) ==
          "get '" + server.url() + "': stalled after 0 bytes: no data for 50 ms");
}

TEST_CASE("a stall in the middle of a body fails after the stall timeout", "[net]") {
    const auto server = stalls_after("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort");
    // Long enough for the first five bytes to arrive on a busy machine.
    CHECK(transient_failure({.url = server.url(), .stall_timeout = 500ms}) ==
          "get '" + server.url() + "': stalled after 5 bytes: no data for 500 ms");
}

TEST_CASE("a client works again after a failure", "[net]") {
    int asked = 0;
    const RawServer server{[&](RawSocket& socket) {
        socket.read_until("\r\n\r\n");
        socket.send(++asked == 1 ? "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" : "HTTP/1.1 204 None\r\n\r\n");
    }};
    const auto client = make_client();
    CHECK_THROWS_AS(client->send({.url = server.url()}), TransientError);
    CHECK(client->send({.url = server.url()}).status == 204);
}

TEST_CASE("messages show neither the password nor the query of a URL", "[net]") {
    const auto server = responds_with("");
    auto url = server.url("/path?token=secret");
    url.insert(std::string_view{"http://"}.size(), "user:secret@");
    CHECK_THAT(transient_failure({.url = url}), Catch::StartsWith("get '" + server.url("/path") + "': "));
}

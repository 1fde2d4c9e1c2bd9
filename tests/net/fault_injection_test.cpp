// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/error.hpp"
#include "net/loopback.hpp"
#include "net/raw_socket.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace freshet;
using namespace freshet::http;
using namespace std::chrono_literals;
using test::Loopback;
using test::RawSocket;

namespace {

/// A server that injects faults into ten bytes, from memory and from a file.
struct FaultyServer {
    explicit FaultyServer(Fault fault)
        : loopback([this, fault](const Request& request) {
              Response response{.fault = fault};
              if (request.url == "/file")
                  response.file = FileRegion{.path = folder / "file", .length = 10};
              else
                  response.body = "0123456789";
              return response;
          }) {
        std::ofstream(folder / "file") << "0123456789";
    }

    /// Returns the bytes received before the server closes the connection.
    std::string received(std::string_view path) const {
        const auto socket = RawSocket::connect(loopback.server.port());
        socket.send(fmt::format("GET {} HTTP/1.1\r\nHost: x\r\n\r\n", path));
        return socket.read_all();
    }

    test::TempDir folder;
    Loopback loopback;
};

}  // namespace

TEST_CASE("a fault cuts the connection within the body, after the full Content-Length", "[net]") {
    for (const auto* path : {"/body", "/file"}) {
        CAPTURE(path);
        CHECK(FaultyServer({.cut_after = 4}).received(path) == "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123");
        CHECK(FaultyServer({.cut_after = 0}).received(path) == "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
        CHECK_THROWS_AS(FaultyServer({.cut_after = 9}).loopback.get(path), TransientError);
    }
}

TEST_CASE("a cut behind the end of the body has no effect", "[net]") {
    for (const auto* path : {"/body", "/file"}) {
        const FaultyServer server({.cut_after = 10});
        CHECK(server.loopback.get(path).body == "0123456789");
        CHECK(server.loopback.get(path).body == "0123456789");
    }
}

TEST_CASE("a throttled body arrives complete and slowly", "[net]") {
    for (const auto* path : {"/body", "/file"}) {
        const FaultyServer server({.bytes_per_second = 1000});
        const auto began = std::chrono::steady_clock::now();
        CHECK(server.loopback.get(path).body == "0123456789");
        CHECK(std::chrono::steady_clock::now() - began >= 9ms);
    }
}

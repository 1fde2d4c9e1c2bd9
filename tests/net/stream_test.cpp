// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "net/loopback.hpp"
#include "net/raw_socket.hpp"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

using namespace freshet;
using namespace freshet::http;
using test::Loopback;
using test::RawSocket;

namespace {

constexpr std::string_view request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

/// Bodies whose pieces the test sends.
class Stream {
public:
    Response response() {
        return {.next_piece =
                    [this](SendPiece send) {
                        const std::lock_guard lock(mutex_);
                        send_ = std::move(send);
                        asked_.notify_one();
                    },
                .until_sent = std::shared_ptr<const void>(nullptr, [this](const void*) {
                    const std::lock_guard lock(mutex_);
                    is_released_ = true;
                    asked_.notify_one();
                })};
    }

    /// Sends a piece once the connection has asked for it.
    void send(std::string piece) {
        std::unique_lock lock(mutex_);
        asked_.wait(lock, [this] { return static_cast<bool>(send_); });
        const SendPiece send = std::exchange(send_, nullptr);
        lock.unlock();
        send(std::move(piece));
    }

    void wait_until_released() {
        std::unique_lock lock(mutex_);
        asked_.wait(lock, [this] { return is_released_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable asked_;
    SendPiece send_;
    bool is_released_ = false;
};

}  // namespace

TEST_CASE("a body is sent piece by piece as it is made, until an empty piece ends the connection", "[net]") {
    Stream stream;
    const Loopback loopback([&](const Request&) { return stream.response(); });
    const auto socket = RawSocket::connect(loopback.server.port());
    socket.send(request);
    const std::string head = socket.read_until("\r\n\r\n");
    CHECK_THAT(head, Catch::Contains("Connection: close"));
    CHECK_THAT(head, !Catch::Contains("Content-Length"));
    stream.send("first\n");
    CHECK(socket.read_until("first\n") == "first\n");
    stream.send("second\n");
    CHECK(socket.read_until("second\n") == "second\n");
    stream.send("");
    CHECK(socket.read_all().empty());
    stream.wait_until_released();
}

TEST_CASE("a body without an end is released when its reader has gone", "[net]") {
    Stream stream;
    const Loopback loopback([&](const Request&) { return stream.response(); });
    {
        const auto socket = RawSocket::connect(loopback.server.port());
        socket.send(request);
        socket.read_until("\r\n\r\n");
    }
    stream.wait_until_released();
}

TEST_CASE("a HEAD request has no pieces made", "[net]") {
    Stream stream;
    const Loopback loopback([&](const Request&) { return stream.response(); });
    CHECK(loopback.client->send({.method = "HEAD", .url = loopback.url()}).status == 200);
    stream.wait_until_released();
}

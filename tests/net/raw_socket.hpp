// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

namespace freshet::test {

/// A TCP connection on loopback, for peers that violate HTTP.
class RawSocket {
public:
    explicit RawSocket(FileDescriptor socket) : socket_(std::move(socket)) {}
    static RawSocket connect(std::uint16_t port);

    void send(std::string_view bytes) const;
    /// Shuts down the sending side.
    void end() const;
    /// Reads until the text has been received or the peer closes.
    std::string read_until(std::string_view text) const;
    std::string read_all() const { return read_until(std::string_view{"\0never", 6}); }

private:
    FileDescriptor socket_;
};

/// Listens on a free port of loopback and gives each connection to `serve`, one after the other, then closes it.
class RawServer {
public:
    explicit RawServer(std::function<void(RawSocket&)> serve);
    ~RawServer();

    std::string url(std::string_view path = "/") const;

private:
    FileDescriptor listener_;
    std::uint16_t port_ = 0;
    std::function<void(RawSocket&)> serve_;
    std::thread thread_;
};

/// Returns a port of loopback without a listener.
std::uint16_t free_port();

}  // namespace freshet::test

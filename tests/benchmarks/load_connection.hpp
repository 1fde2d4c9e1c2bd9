// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace freshet::test {

/// Form-encodes a text.
std::string form_encoded(std::string_view text);

/// The bytes of an RPC as Luigi's workers send it.
std::string call_text(std::string_view method, std::string_view arguments);

/// One keep-alive connection on a bare socket, so that the load generator costs less than the server.
class LoadConnection {
public:
    /// Connects to 127.0.0.1. Ends the program with a message when nothing listens.
    explicit LoadConnection(std::uint16_t port);
    ~LoadConnection();
    LoadConnection(LoadConnection&& other) noexcept : socket_(other.socket_) { other.socket_ = -1; }
    LoadConnection(const LoadConnection&) = delete;

    int socket() const { return socket_; }
    void send(std::string_view bytes);
    /// Waits for input and returns the body once it is complete. Ends the program when the status is not 200.
    std::optional<std::string> receive();
    /// Sends the call and waits for the complete response.
    std::string ask(std::string_view method, std::string_view arguments);

private:
    int socket_ = -1;
    std::string unread_;
};

}  // namespace freshet::test

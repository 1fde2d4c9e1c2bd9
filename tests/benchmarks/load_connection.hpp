// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace freshet::test {

/// `text` as it stands in a form.
std::string form_encoded(std::string_view text);

/// The bytes of a call as Luigi's workers make it.
std::string call_text(std::string_view method, std::string_view arguments);

/// One keep-alive connection, on a bare socket: whoever measures a server must cost less than it does.
class LoadConnection {
public:
    /// To 127.0.0.1; ends the program with a message when nobody listens.
    explicit LoadConnection(std::uint16_t port);
    ~LoadConnection();
    LoadConnection(LoadConnection&& other) noexcept : socket_(other.socket_) { other.socket_ = -1; }
    LoadConnection(const LoadConnection&) = delete;

    int socket() const { return socket_; }
    void send(std::string_view bytes);
    /// Waits for what there is to read. A body once one is whole; ends the program when the answer is not 200.
    std::optional<std::string> receive();
    /// Sends the call and waits for the whole answer.
    std::string ask(std::string_view method, std::string_view arguments);

private:
    int socket_ = -1;
    std::string unread_;
};

}  // namespace freshet::test

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "load_connection.hpp"

#include <fmt/format.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>

namespace freshet::test {

namespace {

[[noreturn]] void exit_with_error(const std::string& why) {
    fmt::print(stderr, "scheduler_load: {}\n", why);
    std::exit(1);
}

/// The value of Content-Length, which every response of both servers has.
std::size_t body_length(std::string_view head) {
    constexpr std::string_view name = "\r\nContent-Length: ";  // as both write it
    const std::size_t at = head.find(name);
    if (at == head.npos) exit_with_error(fmt::format("an answer without a length: {}", head));
    std::size_t length = 0;
    std::from_chars(head.data() + at + name.size(), head.data() + head.size(), length);
    return length;
}

/// The characters that form encoding keeps. A table, so that the load generator costs little.
constexpr std::array<bool, 256> plain_characters = [] {
    std::array<bool, 256> plain{};
    for (unsigned char c = '0'; c <= '9'; ++c) plain[c] = true;
    for (unsigned char c = 'a'; c <= 'z'; ++c) plain[c] = plain[c - 'a' + 'A'] = true;
    plain['_'] = plain['.'] = plain['-'] = true;
    return plain;
}();

}  // namespace

std::string form_encoded(std::string_view text) {
    static constexpr std::string_view digits = "0123456789ABCDEF";
    std::string form;
    form.reserve(3 * text.size());
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (plain_characters[byte])
            form += c;
        else if (c == ' ')
            form += '+';
        else
            form.append({'%', digits[byte / 16], digits[byte % 16]});
    }
    return form;
}

std::string call_text(std::string_view method, std::string_view arguments) {
    const std::string body = "data=" + form_encoded(arguments);
    return fmt::format(
        "POST /api/{} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: {}\r\n\r\n{}",
        method, body.size(), body);
}

LoadConnection::LoadConnection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        exit_with_error(fmt::format("connect to port {}: {}", port, std::strerror(errno)));
    const int yes = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

LoadConnection::~LoadConnection() {
    if (socket_ >= 0) ::close(socket_);
}

void LoadConnection::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) exit_with_error(fmt::format("send: {}", std::strerror(errno)));
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::optional<std::string> LoadConnection::receive() {
    char buffer[65536];
    const auto got = ::recv(socket_, buffer, sizeof buffer, 0);
    if (got <= 0) exit_with_error("the server closed the connection");
    unread_.append(buffer, static_cast<std::size_t>(got));
    const std::size_t end = unread_.find("\r\n\r\n");
    if (end == std::string::npos) return std::nullopt;
    const std::string_view head = std::string_view(unread_).substr(0, end);
    const std::size_t begin = end + 4;
    const std::size_t length = body_length(head);
    if (unread_.size() < begin + length) return std::nullopt;
    std::string body = unread_.substr(begin, length);
    if (!head.starts_with("HTTP/1.1 200")) exit_with_error(fmt::format("{}\n{}", head, body));
    unread_.erase(0, begin + length);
    return body;
}

std::string LoadConnection::ask(std::string_view method, std::string_view arguments) {
    send(call_text(method, arguments));
    while (true)
        if (auto body = receive()) return *std::move(body);
}

}  // namespace freshet::test

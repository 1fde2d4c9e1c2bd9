// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "net/raw_socket.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace freshet::test {

namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

FileDescriptor tcp_socket() { return FileDescriptor{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)}; }

FileDescriptor listening() {
    FileDescriptor listener = tcp_socket();
    const auto address = loopback(0);
    if (::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener.get(), 16) != 0) {
        throw std::runtime_error("listen on loopback failed");
    }
    return listener;
}

std::uint16_t port_of(const FileDescriptor& socket) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

}  // namespace

RawSocket RawSocket::connect(std::uint16_t port) {
    FileDescriptor socket = tcp_socket();
    const auto address = loopback(port);
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        throw std::runtime_error("connect to loopback failed");
    }
    return RawSocket{std::move(socket)};
}

void RawSocket::send(std::string_view bytes) const {
    while (!bytes.empty()) {
        const auto sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;  // the peer has closed, as some tests want
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void RawSocket::end() const { ::shutdown(socket_.get(), SHUT_WR); }

std::string RawSocket::read_until(std::string_view text) const {
    std::string all;
    std::array<char, 4096> part{};
    while (all.find(text) == std::string::npos) {
        const auto size = ::recv(socket_.get(), part.data(), part.size(), 0);
        if (size <= 0) break;
        all.append(part.data(), static_cast<std::size_t>(size));
    }
    return all;
}

RawServer::RawServer(std::function<void(RawSocket&)> serve)
    : listener_(listening()), port_(port_of(listener_)), serve_(std::move(serve)) {
    thread_ = std::thread([this] {
        for (;;) {
            FileDescriptor client{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
            if (!client) return;
            RawSocket socket{std::move(client)};
            serve_(socket);
        }
    });
}

RawServer::~RawServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);  // ends accept()
    thread_.join();
}

std::string RawServer::url(std::string_view path) const { return fmt::format("http://127.0.0.1:{}{}", port_, path); }

std::uint16_t free_port() { return port_of(listening()); }

}  // namespace freshet::test

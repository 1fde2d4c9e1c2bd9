// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>

namespace freshet::http {

/// Listens on an address, or on a unix socket whose file is removed at the end.
class Listener {
public:
    using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol,
                                                        boost::asio::io_context::executor_type>;

    /// Throws Error when that is not possible; the file of a unix socket where nobody listens any more is replaced.
    Listener(boost::asio::io_context& io, const ServerOptions& options);
    ~Listener() { close(); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    Acceptor& acceptor() { return acceptor_; }
    std::uint16_t port() const { return port_; }
    void close();

private:
    void listen(const std::string& address, std::uint16_t port);
    void listen(boost::asio::io_context& io, const std::filesystem::path& file);

    Acceptor acceptor_;
    std::uint16_t port_ = 0;
    std::filesystem::path file_{};  // of the unix socket, while it is ours
};

}  // namespace freshet::http

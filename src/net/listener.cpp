// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "net/listener.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <cstring>

namespace freshet::http {

namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using ErrorCode = boost::system::error_code;
using tcp = asio::ip::tcp;
using local = asio::local::stream_protocol;

/// The file of a unix socket outlives a server that was killed; bind() refuses what exists.
void remove_stale_socket(asio::io_context& io, const fs::path& file, const local::endpoint& endpoint) {
    std::error_code status_error;
    if (!fs::is_socket(file, status_error)) return;
    local::socket socket{io};
    ErrorCode error;
    socket.connect(endpoint, error);
    if (error == asio::error::connection_refused) fs::remove(file, status_error);
}

tcp::endpoint tcp_endpoint(const Listener::Acceptor::endpoint_type& generic) {
    tcp::endpoint endpoint;
    endpoint.resize(generic.size());
    std::memcpy(endpoint.data(), generic.data(), generic.size());
    return endpoint;
}

}  // namespace

Listener::Listener(asio::io_context& io, const ServerOptions& options) : acceptor_(io) {
    if (options.unix_socket)
        listen(io, *options.unix_socket);
    else
        listen(options.address, options.port);
}

void Listener::listen(const std::string& address, std::uint16_t port) {
    ErrorCode error;
    const tcp::endpoint endpoint{asio::ip::make_address(address, error), port};
    if (!error) acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address{true}, error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) throw Error(fmt::format("listen on {}:{}: {}", address, port, error.message()));
    port_ = tcp_endpoint(acceptor_.local_endpoint()).port();
}

void Listener::listen(asio::io_context& io, const fs::path& file) {
    try {
        const local::endpoint endpoint{file.native()};
        remove_stale_socket(io, file, endpoint);
        acceptor_.open(endpoint.protocol());
        acceptor_.bind(endpoint);
        file_ = file;
        fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);  // before anybody can connect
        acceptor_.listen(asio::socket_base::max_listen_connections);
    } catch (const std::system_error& error) {
        close();
        throw Error(fmt::format("listen on '{}': {}", file.native(), error.code().message()));
    } catch (const boost::system::system_error& error) {
        close();
        throw Error(fmt::format("listen on '{}': {}", file.native(), error.code().message()));
    }
}

void Listener::close() {
    std::error_code ignored;
    if (!file_.empty()) std::filesystem::remove(file_, ignored);  // first: then it cannot be a successor's
    file_.clear();
    ErrorCode error;
    acceptor_.close(error);
}

}  // namespace freshet::http

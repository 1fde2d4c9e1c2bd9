// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/files.hpp"
#include "freshet/error.hpp"
#include "freshet/http.hpp"
#include "net/http_connection.hpp"

#include <fmt/format.h>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>

#include <fcntl.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

namespace freshet::http {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using ErrorCode = boost::system::error_code;
using tcp = asio::ip::tcp;
using local = asio::local::stream_protocol;

constexpr auto accept_delay = std::chrono::milliseconds{100};  // back-off when out of descriptors

/// A thread and the connections that it alone serves.
class EventLoop {
public:
    EventLoop() = default;
    ~EventLoop() { end(); }
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    asio::io_context& io() { return io_; }
    void end() {
        io_.stop();
        if (thread_.joinable()) thread_.join();
    }

private:
    void run() {
        for (;;) {
            try {
                io_.run();
                return;
            } catch (const std::exception&) {
                // A failure outside a handler (out of memory) has closed its own connection only.
            }
        }
    }

    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
    std::thread thread_{[this] { run(); }};
};

namespace {

/// Keeps the socket from programs that the process starts, which would hold its address after the end of the server.
void close_on_exec(int socket) { ::fcntl(socket, F_SETFD, FD_CLOEXEC); }

std::vector<std::unique_ptr<EventLoop>> make_loops(int count) {
    std::vector<std::unique_ptr<EventLoop>> loops;
    for (int i = 0; i < count; ++i) loops.push_back(std::make_unique<EventLoop>());
    return loops;
}

/// Caps the connections by RLIMIT_NOFILE and reserves descriptors for files: otherwise idle connections could hold all
/// descriptors and starve new clients.
std::size_t limited_by_descriptors(std::size_t connections) {
    constexpr std::size_t reserved_descriptors = 100;
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return connections;
    const std::size_t descriptors = limit.rlim_cur;
    return std::min(connections, descriptors - std::min(descriptors / 2, reserved_descriptors));
}

ServerOptions checked(ServerOptions options) {
    options.threads = std::max(1, options.threads);
    options.max_connections = limited_by_descriptors(options.max_connections);
    options.body_budget = std::max(options.body_budget, options.body_limit);
    return options;
}

/// Removes the socket file of a server that was killed, since bind() fails if it exists.
void remove_stale_socket(asio::io_context& io, const fs::path& file, const local::endpoint& endpoint) {
    std::error_code status_error;
    if (!fs::is_socket(file, status_error)) return;
    local::socket socket{io};
    ErrorCode error;
    socket.connect(endpoint, error);
    if (error == asio::error::connection_refused) fs::remove(file, status_error);
}

}  // namespace

/// Listening socket: a TCP address, or a unix socket whose file the destructor removes.
class Listener {
public:
    using Acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol, asio::io_context::executor_type>;

    /// Throws Error if listening fails. Replaces the file of a unix socket without a listener.
    Listener(asio::io_context& io, const ServerOptions& options);
    ~Listener() { close(); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    Acceptor& acceptor() { return acceptor_; }
    std::uint16_t port() const { return port_; }
    void close();

private:
    void listen(const std::string& address, std::uint16_t port);
    void listen(asio::io_context& io, const std::filesystem::path& file);

    Acceptor acceptor_;
    std::uint16_t port_ = 0;
    std::filesystem::path file_{};  // socket file, while owned
};

static tcp::endpoint tcp_endpoint(const Listener::Acceptor::endpoint_type& generic) {
    tcp::endpoint endpoint;
    endpoint.resize(generic.size());
    std::memcpy(endpoint.data(), generic.data(), generic.size());
    return endpoint;
}

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
    if (!error) close_on_exec(acceptor_.native_handle());
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address{true}, error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) throw Error(fmt::format("listen on {}:{}: {}", address, port, error.message()));
    port_ = tcp_endpoint(acceptor_.local_endpoint()).port();
}

void Listener::listen(asio::io_context& io, const fs::path& file) {
    try {
        const SocketPath path("listen on", file);
        const local::endpoint endpoint{path.name()};
        remove_stale_socket(io, file, endpoint);
        acceptor_.open(endpoint.protocol());
        close_on_exec(acceptor_.native_handle());
        acceptor_.bind(endpoint);
        file_ = file;
        fs::permissions(file,
                        fs::perms::owner_read | fs::perms::owner_write);  // before listen(): nobody can connect yet
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
    if (!file_.empty())
        std::filesystem::remove(file_, ignored);  // before the close: afterwards a successor could own it
    file_.clear();
    ErrorCode error;
    acceptor_.close(error);
}

struct Server::Impl {
    Impl(ServerOptions options, AsyncHandler handler)
        : context{.options = checked(std::move(options)), .handler = std::move(handler)},
          loops(make_loops(context.options.threads)),
          listener(loops.front()->io(), context.options),
          port(listener.port()),
          accept_timer(listener.acceptor().get_executor()) {
        asio::post(listener.acceptor().get_executor(), [this] { accept(); });
    }

    ~Impl() {
        const auto close = [this] {
            closing = true;
            listener.close();
            accept_timer.cancel();
            for (const auto& connection : context.connections.all()) connection->close_gracefully();
        };
        asio::post(listener.acceptor().get_executor(), asio::use_future(close)).wait();
        context.connections.wait_until_empty(std::chrono::steady_clock::now() + context.options.drain_timeout);
        for (const auto& loop : loops) loop->end();
        context.request_pool.join();
        context.response_pool.join();
        context.lifetime->expire();
    }

    /// Accepts a connection; the loops take turns.
    void accept() {
        asio::io_context& io = loops[next_loop++ % loops.size()]->io();
        listener.acceptor().async_accept(io, [this](ErrorCode error, HttpConnection::Socket socket) {
            if (closing) return;
            // Most likely out of descriptors: closing an idle connection lets the next attempt succeed.
            if (error) {
                accept_later();
                evict_idle();
                return;
            }
            close_on_exec(socket.native_handle());
            accept();
            if (context.connections.size() < context.options.max_connections || evict_idle())
                std::make_shared<HttpConnection>(std::move(socket), context)->start();
        });
    }

    void accept_later() {
        accept_timer.expires_after(accept_delay);
        accept_timer.async_wait([this](ErrorCode) {
            if (!closing) accept();
        });
    }

    /// Closes the connection that has been idle longest; false if none is idle.
    bool evict_idle() {
        const auto longest = context.connections.longest_idle();
        if (longest) longest->close_if_idle();
        return longest != nullptr;
    }

    ServerContext context;  // outlives the connections, which the loops own
    std::vector<std::unique_ptr<EventLoop>> loops;
    Listener listener;
    std::uint16_t port;
    asio::steady_timer accept_timer;
    bool closing = false;       // on the loop of the acceptor
    std::size_t next_loop = 0;  // on the loop of the acceptor
};

Server::Server(ServerOptions options, Handler handler)
    : Server(std::move(options), AsyncHandler{[handler = std::make_shared<const Handler>(std::move(handler))](
                                                  Request request, const Responder& respond) {
                 MakeResponse make = [handler, request = std::move(request)] { return (*handler)(request); };
                 make.takes_long = true;
                 respond(std::move(make));
             }}) {}

Server::Server(ServerOptions options, AsyncHandler handler)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(handler))) {}

Server::~Server() = default;

std::uint16_t Server::port() const { return impl_->port; }

}  // namespace freshet::http

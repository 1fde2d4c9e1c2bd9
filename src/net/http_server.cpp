// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/http.hpp"
#include "net/http_connection.hpp"
#include "net/listener.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <memory>
#include <thread>
#include <vector>

namespace freshet::http {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

namespace {

constexpr auto accept_delay = std::chrono::milliseconds{100};  // when descriptors have run out

/// A thread, and the connections that it alone serves.
class Loop {
public:
    Loop() = default;
    ~Loop() { end(); }
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

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
                // What fails outside a handler (memory has run out) has ended its own connection, and no other.
            }
        }
    }

    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
    std::thread thread_{[this] { run(); }};
};

std::vector<std::unique_ptr<Loop>> make_loops(int count) {
    std::vector<std::unique_ptr<Loop>> loops;
    for (int i = 0; i < count; ++i) loops.push_back(std::make_unique<Loop>());
    return loops;
}

/// A connection takes a descriptor, and files need some: were there none left, those that wait idle would keep theirs,
/// and everybody else would wait for one.
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
    return options;
}

}  // namespace

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
        context.response_pool.join();
        context.lifetime->expire();
    }

    /// Connections take turns at the loops.
    void accept() {
        asio::io_context& io = loops[next_loop++ % loops.size()]->io();
        listener.acceptor().async_accept(io, [this](ErrorCode error, HttpConnection::Socket socket) {
            if (closing) return;
            // Descriptors have run out, most likely: one that is given back lets the next attempt succeed.
            if (error) {
                accept_later();
                evict_idle();
                return;
            }
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

    /// Lets go of the client that has waited longest without asking anything; false when all wait for answers.
    bool evict_idle() {
        const auto longest = context.connections.longest_idle();
        if (longest) longest->close_if_idle();
        return longest != nullptr;
    }

    ServerContext context;  // outlives the connections, which the loops hold
    std::vector<std::unique_ptr<Loop>> loops;
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

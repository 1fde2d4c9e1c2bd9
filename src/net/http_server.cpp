// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/http.hpp"
#include "net/http_session.hpp"
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

constexpr auto accept_pause = std::chrono::milliseconds{100};  // when descriptors have run out

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
std::size_t affordable(std::size_t connections) {
    constexpr std::size_t for_files = 100;
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return connections;
    const std::size_t descriptors = limit.rlim_cur;
    return std::min(connections, descriptors - std::min(descriptors / 2, for_files));
}

ServerOptions checked(ServerOptions options) {
    options.threads = std::max(1, options.threads);
    options.max_connections = affordable(options.max_connections);
    return options;
}

}  // namespace

struct Server::Running {
    Running(ServerOptions options, AsyncHandler handler)
        : service{.options = checked(std::move(options)), .handler = std::move(handler)},
          loops(make_loops(service.options.threads)),
          listener(loops.front()->io(), service.options),
          port(listener.port()),
          pause(listener.acceptor().get_executor()) {
        asio::post(listener.acceptor().get_executor(), [this] { accept(); });
    }

    ~Running() {
        const auto close = [this] {
            closing = true;
            listener.close();
            pause.cancel();
            for (const auto& connection : service.connections.all()) connection->finish();
        };
        asio::post(listener.acceptor().get_executor(), asio::use_future(close)).wait();
        service.connections.wait_for_end(std::chrono::steady_clock::now() + service.options.last_answers);
        for (const auto& loop : loops) loop->end();
        service.makers.join();
        service.gate->shut();
    }

    /// Connections take turns at the loops.
    void accept() {
        asio::io_context& io = loops[turn++ % loops.size()]->io();
        listener.acceptor().async_accept(io, [this](ErrorCode error, Session::Socket socket) {
            if (closing) return;
            // Descriptors have run out, most likely: one that is given back lets the next attempt succeed.
            if (error) {
                accept_later();
                make_room();
                return;
            }
            accept();
            if (service.connections.size() < service.options.max_connections || make_room())
                std::make_shared<Session>(std::move(socket), service)->start();
        });
    }

    void accept_later() {
        pause.expires_after(accept_pause);
        pause.async_wait([this](ErrorCode) {
            if (!closing) accept();
        });
    }

    /// Lets go of the client that has waited longest without asking anything; false when all wait for answers.
    bool make_room() {
        const auto longest = service.connections.longest_waiting();
        if (longest) longest->yield_place();
        return longest != nullptr;
    }

    Service service;  // outlives the sessions, which the loops hold
    std::vector<std::unique_ptr<Loop>> loops;
    Listener listener;
    std::uint16_t port;
    asio::steady_timer pause;
    bool closing = false;  // on the loop of the acceptor
    std::size_t turn = 0;  // on the loop of the acceptor
};

Server::Server(ServerOptions options, Handler handler)
    : Server(std::move(options), AsyncHandler{[handler = std::make_shared<const Handler>(std::move(handler))](
                                                  Request request, const Answer& answer) {
                 MakeResponse make = [handler, request = std::move(request)] { return (*handler)(request); };
                 make.takes_long = true;
                 answer(std::move(make));
             }}) {}

Server::Server(ServerOptions options, AsyncHandler handler)
    : running_(std::make_unique<Running>(std::move(options), std::move(handler))) {}

Server::~Server() = default;

std::uint16_t Server::port() const { return running_->port; }

}  // namespace freshet::http

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/http.hpp"
#include "net/http_session.hpp"
#include "net/listener.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <thread>

namespace freshet::http {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

namespace {

constexpr auto accept_pause = std::chrono::milliseconds{100};  // when descriptors have run out

}  // namespace

struct Server::Running {
    Running(ServerOptions options, AsyncHandler handler)
        : service{.options = std::move(options), .handler = std::move(handler)},
          listener(io, service.options),
          port(listener.port()),
          pause(listener.acceptor().get_executor()) {
        accept();
        for (int i = 0; i < std::max(1, service.options.threads); ++i) threads.emplace_back([this] { run(); });
    }

    ~Running() {
        asio::post(listener.acceptor().get_executor(), [this] {
            closing = true;
            listener.close();
            pause.cancel();
            for (const auto& connection : service.connections.all()) connection->finish();
        });
        run_until(std::chrono::steady_clock::now() + service.options.last_answers);
        io.stop();
        for (auto& thread : threads) thread.join();
        service.gate->shut();
    }

    void run() { run_until(std::chrono::steady_clock::time_point::max()); }

    void run_until(std::chrono::steady_clock::time_point end) {
        for (;;) {
            try {
                io.run_until(end);
                return;
            } catch (const std::exception&) {
                // What fails outside a handler (memory has run out) has ended its own connection, and no other.
            }
        }
    }

    void accept() {
        const auto strand = asio::make_strand(io);
        listener.acceptor().async_accept(strand, [this, strand](ErrorCode error, Session::Socket socket) {
            if (closing) return;
            // Descriptors have run out, most likely: one that is given back lets the next attempt succeed.
            if (error) {
                make_room();
                return accept_later();
            }
            if (service.connections.size() < service.options.max_connections || make_room()) {
                std::make_shared<Session>(std::move(socket), strand, service)->start();
            }
            accept();
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

    Service service;  // outlives the sessions, which `io` holds
    asio::io_context io;
    Listener listener;
    std::uint16_t port;
    asio::steady_timer pause;
    bool closing = false;  // on the strand of the acceptor
    std::vector<std::thread> threads;
};

Server::Server(ServerOptions options, Handler handler)
    : Server(std::move(options), AsyncHandler{[handler = std::make_shared<const Handler>(std::move(handler))](
                                                  Request request, const Answer& answer) {
                 answer([handler, request = std::move(request)] { return (*handler)(request); });
             }}) {}

Server::Server(ServerOptions options, AsyncHandler handler)
    : running_(std::make_unique<Running>(std::move(options), std::move(handler))) {}

Server::~Server() = default;

std::uint16_t Server::port() const { return running_->port; }

}  // namespace freshet::http

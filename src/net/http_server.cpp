// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/error.hpp"
#include "freshet/http.hpp"
#include "net/http_session.hpp"

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <thread>

namespace freshet::http {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;
using tcp = asio::ip::tcp;

namespace {

constexpr auto accept_pause = std::chrono::milliseconds{100};  // when descriptors have run out

tcp::acceptor listen(asio::io_context& io, const ServerOptions& options) {
    tcp::acceptor acceptor{asio::make_strand(io)};
    ErrorCode error;
    const auto address = asio::ip::make_address(options.address, error);
    const tcp::endpoint endpoint{address, options.port};
    if (!error) acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) throw Error(fmt::format("listen on {}:{}: {}", options.address, options.port, error.message()));
    return acceptor;
}

}  // namespace

struct Server::Running {
    Running(ServerOptions options, AsyncHandler handler)
        : service{.options = std::move(options), .handler = std::move(handler)},
          acceptor(listen(io, service.options)),
          port(acceptor.local_endpoint().port()),
          pause(acceptor.get_executor()) {
        accept();
        for (int i = 0; i < std::max(1, service.options.threads); ++i) threads.emplace_back([this] { run(); });
    }

    ~Running() {
        asio::post(acceptor.get_executor(), [this] {
            closing = true;
            acceptor.close();
            pause.cancel();
            finish_sessions();
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
        auto strand = asio::make_strand(io);
        acceptor.async_accept(strand, [this, strand](ErrorCode error, tcp::socket socket) {
            if (closing) return;
            if (error) return accept_later();
            std::make_shared<Session>(std::move(socket), strand, service)->start();
            accept();
        });
    }

    void accept_later() {
        pause.expires_after(accept_pause);
        pause.async_wait([this](ErrorCode) {
            if (!closing) accept();
        });
    }

    void finish_sessions() {
        std::vector<std::shared_ptr<Session>> alive;
        {
            const std::lock_guard lock{service.mutex};
            for (Session* session : service.sessions) alive.push_back(session->weak_from_this().lock());
        }
        for (const auto& session : alive) {
            if (session) session->finish();
        }
    }

    Service service;  // outlives the sessions, which `io` holds
    asio::io_context io;
    tcp::acceptor acceptor;
    std::uint16_t port;
    asio::steady_timer pause;
    bool closing = false;  // on the acceptor's strand
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

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace freshet::test {

/// A server on a free port of loopback and a client to talk to it.
struct Loopback {
    explicit Loopback(http::Handler handler, http::ServerOptions options = {}) : server(options, std::move(handler)) {}

    std::string url(std::string_view path = "/") const {
        return fmt::format("http://127.0.0.1:{}{}", server.port(), path);
    }
    http::Response get(std::string_view path = "/") const { return client->send({.url = url(path)}); }

    http::Server server;
    std::unique_ptr<http::Client> client = http::make_client();
};

/// A request that waits for its response.
struct PendingRequest {
    http::Request request;
    http::Responder respond;
};

/// A server on a free port of loopback that keeps every request pending until the test takes and answers it.
class AsyncLoopback {
public:
    explicit AsyncLoopback(http::ServerOptions options = {})
        : server_(std::move(options), [this](http::Request request, http::Responder respond) {
              const std::lock_guard lock{mutex_};
              waiting_.push_back({std::move(request), std::move(respond)});
              arrived_.notify_one();
          }) {}

    std::uint16_t port() const { return server_.port(); }

    /// Waits for the next request.
    PendingRequest take() {
        std::unique_lock lock{mutex_};
        arrived_.wait(lock, [this] { return !waiting_.empty(); });
        PendingRequest pending = std::move(waiting_.front());
        waiting_.pop_front();
        return pending;
    }

private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<PendingRequest> waiting_;
    http::Server server_;  // destroyed first: its handler uses the members above
};

/// Returns the message of the exception of type E that `action` throws, or "nothing was thrown".
template <typename E>
std::string message_of(const auto& action) {
    try {
        action();
    } catch (const E& error) {
        return error.what();
    }
    return "nothing was thrown";
}

}  // namespace freshet::test

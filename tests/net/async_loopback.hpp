// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>

namespace freshet::test {

/// A request that a server has handed over and that waits for its answer.
struct PendingRequest {
    http::Request request;
    http::Responder respond;
};

/// A server on a free port of loopback that holds every request until the test takes and answers it.
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
    http::Server server_;  // ends first: its handler uses what stands above
};

}  // namespace freshet::test

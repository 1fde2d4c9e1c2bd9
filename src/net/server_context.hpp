// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"
#include "net/memory_budget.hpp"

#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

namespace freshet::http {

class HttpConnection;

/// Guards a server's lifetime against callers on other threads: an action runs only while the server is alive, and
/// expire() waits until it has ended.
class LifetimeGuard {
public:
    void run_if_alive(const auto& action) {
        const std::shared_lock lock{mutex_};
        if (is_alive_) action();
    }
    void expire() {
        const std::unique_lock lock{mutex_};
        is_alive_ = false;
    }

private:
    std::shared_mutex mutex_;
    bool is_alive_ = true;  // guarded by mutex_
};

/// One-shot responder of a request: forwards the first response to its connection. Destroyed without one, it responds
/// with 500.
class PendingResponse {
public:
    PendingResponse(std::shared_ptr<LifetimeGuard> lifetime, std::weak_ptr<HttpConnection> connection)
        : lifetime_(std::move(lifetime)), connection_(std::move(connection)) {}
    ~PendingResponse();
    PendingResponse(const PendingResponse&) = delete;
    PendingResponse& operator=(const PendingResponse&) = delete;

    /// Thread-safe. On the connection's own thread `make` is called at once.
    void respond(MakeResponse make);

private:
    std::shared_ptr<LifetimeGuard> lifetime_;
    std::weak_ptr<HttpConnection>
        connection_;  // locked only within the lifetime: the last owner closes a socket of the server
    std::atomic<bool> has_responded_ = false;
};

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr auto not_idle = SteadyTime::max();

/// A client's connection as the server sees it. Thread-safe.
class Connection {
public:
    virtual ~Connection() = default;
    /// Closes it: at once if it is idle, else after the current response.
    virtual void close_gracefully() = 0;
    /// Closes it if it still waits for a request.
    virtual void close_if_idle() = 0;
    /// Returns the start of the wait for a request; not_idle while one is being answered.
    virtual SteadyTime idle_since() const = 0;
};

/// Registry of the open connections. Thread-safe; holds no ownership.
class ConnectionRegistry {
public:
    void add(Connection* key, std::weak_ptr<Connection> connection);
    void remove(Connection* key);
    std::size_t size() const;
    std::vector<std::shared_ptr<Connection>> all() const;
    /// Returns the connection that has waited longest for a request; null if none is idle.
    std::shared_ptr<Connection> longest_idle() const;
    /// Blocks until the registry is empty or the deadline has passed.
    void wait_until_empty(SteadyTime deadline) const;

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable became_empty_;
    std::unordered_map<Connection*, std::weak_ptr<Connection>> connections_;  // guarded by mutex_
};

/// State shared by the connections of a server.
struct ServerContext {
    ServerOptions options;
    AsyncHandler handler;
    std::shared_ptr<LifetimeGuard> lifetime = std::make_shared<LifetimeGuard>();
    ConnectionRegistry connections{};
    std::shared_ptr<MemoryBudget> headers = std::make_shared<MemoryBudget>(options.header_budget);
    std::shared_ptr<MemoryBudget> bodies = std::make_shared<MemoryBudget>(options.body_budget);
    boost::asio::thread_pool request_pool{1};  // takes long requests apart, one after the other
    boost::asio::thread_pool response_pool{static_cast<std::size_t>(options.threads)};  // makes the slow responses
};

}  // namespace freshet::http

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"
#include "net/exchange.hpp"

#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace freshet::http {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr auto not_idle = SteadyTime::max();

/// A client's connection, as the server sees it; from any thread.
class Connection {
public:
    virtual ~Connection() = default;
    /// Ends it: at once when it waits for a request, else after the answer to the present one.
    virtual void close_gracefully() = 0;
    /// Ends it if it still waits for a request.
    virtual void close_if_idle() = 0;
    /// Since when it waits for a request; not_idle while it has one to answer.
    virtual SteadyTime idle_since() const = 0;
};

/// The connections that there are.
class ConnectionRegistry {
public:
    void add(Connection* key, std::weak_ptr<Connection> connection);
    void remove(Connection* key);
    std::size_t size() const;
    std::vector<std::shared_ptr<Connection>> all() const;
    /// The one that has waited longest for a request, or null when all are busy.
    std::shared_ptr<Connection> longest_idle() const;
    /// Until the last one is removed, or until the deadline.
    void wait_until_empty(SteadyTime deadline) const;

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable became_empty_;
    std::unordered_map<Connection*, std::weak_ptr<Connection>> connections_;  // guarded by mutex_
};

/// What the connections of a server share.
struct ServerContext {
    ServerOptions options;
    AsyncHandler handler;
    std::shared_ptr<LifetimeGuard> lifetime = std::make_shared<LifetimeGuard>();
    ConnectionRegistry connections{};
    boost::asio::thread_pool response_pool{static_cast<std::size_t>(options.threads)};  // of answers that take long
};

}  // namespace freshet::http

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <shared_mutex>

namespace freshet::http {

class HttpConnection;

/// Stands open while a server lives: who comes from another thread passes, and keeps the server alive meanwhile.
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

/// One request's way back: brings its first answer to the connection, or, when it ends without one, a 500.
class PendingResponse {
public:
    PendingResponse(std::shared_ptr<LifetimeGuard> lifetime, std::weak_ptr<HttpConnection> connection)
        : lifetime_(std::move(lifetime)), connection_(std::move(connection)) {}
    ~PendingResponse();
    PendingResponse(const PendingResponse&) = delete;
    PendingResponse& operator=(const PendingResponse&) = delete;

    /// From any thread; on the connection's own, `make` is called at once.
    void respond(MakeResponse make);

private:
    std::shared_ptr<LifetimeGuard> lifetime_;
    std::weak_ptr<HttpConnection>
        connection_;  // to be locked within the lifetime: the last owner ends a socket of the server
    std::atomic<bool> has_responded_ = false;
};

}  // namespace freshet::http

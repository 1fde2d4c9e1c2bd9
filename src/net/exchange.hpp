// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <shared_mutex>

namespace freshet::http {

class Session;

/// Stands open while a server lives: who comes from another thread passes, and keeps the server alive meanwhile.
class Gate {
public:
    void pass(const auto& action) {
        const std::shared_lock lock{mutex_};
        if (open_) action();
    }
    void shut() {
        const std::unique_lock lock{mutex_};
        open_ = false;
    }

private:
    std::shared_mutex mutex_;
    bool open_ = true;  // guarded by mutex_
};

/// One request's way back: brings its first answer to the session, or, when it ends without one, a 500.
class Exchange {
public:
    Exchange(std::shared_ptr<Gate> gate, std::weak_ptr<Session> session)
        : gate_(std::move(gate)), session_(std::move(session)) {}
    ~Exchange();
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    /// From any thread; on the session's own, `make` is called at once.
    void answer(MakeResponse make);

private:
    std::shared_ptr<Gate> gate_;
    std::weak_ptr<Session> session_;  // to be locked within the gate: the last owner ends a socket of the server
    std::atomic<bool> is_answered_ = false;
};

}  // namespace freshet::http

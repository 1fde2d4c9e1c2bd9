// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "net/server_context.hpp"

#include "freshet/error.hpp"
#include "net/http_connection.hpp"

#include <algorithm>

namespace freshet::http {

void ConnectionRegistry::add(Connection* key, std::weak_ptr<Connection> connection) {
    const std::lock_guard lock{mutex_};
    connections_.emplace(key, std::move(connection));
}

void ConnectionRegistry::remove(Connection* key) {
    const std::lock_guard lock{mutex_};
    connections_.erase(key);
    if (connections_.empty()) became_empty_.notify_all();
}

void ConnectionRegistry::wait_until_empty(SteadyTime deadline) const {
    std::unique_lock lock{mutex_};
    became_empty_.wait_until(lock, deadline, [this] { return connections_.empty(); });
}

std::size_t ConnectionRegistry::size() const {
    const std::lock_guard lock{mutex_};
    return connections_.size();
}

std::vector<std::shared_ptr<Connection>> ConnectionRegistry::all() const {
    // Declared before the lock: releasing the last reference calls remove(), which takes the lock.
    std::vector<std::shared_ptr<Connection>> alive;
    const std::lock_guard lock{mutex_};
    for (const auto& [key, connection] : connections_) {
        if (auto held = connection.lock()) alive.push_back(std::move(held));
    }
    return alive;
}

std::shared_ptr<Connection> ConnectionRegistry::longest_idle() const {
    const auto alive = all();
    const auto longest = std::ranges::min_element(alive, {}, [](const auto& one) { return one->idle_since(); });
    if (longest == alive.end() || (*longest)->idle_since() == not_idle) return nullptr;
    return *longest;
}

PendingResponse::~PendingResponse() {
    try {
        respond([]() -> Response { throw Error("the request was dropped without a response"); });
    } catch (const std::exception&) {
        // Out of memory: the request stays unanswered until the connection closes.
    }
}

void PendingResponse::respond(MakeResponse make) {
    if (has_responded_.exchange(true)) return;
    std::shared_ptr<HttpConnection> here;
    lifetime_->run_if_alive([&] {
        auto connection = connection_.lock();
        if (connection && connection->is_own_thread())
            here = std::move(connection);
        else if (connection)
            connection->post_response(std::move(make));
    });
    if (here) here->respond(std::move(make));
}

}  // namespace freshet::http

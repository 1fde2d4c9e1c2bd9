// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "net/service.hpp"

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
    // Copied first: who lets go of a connection as its last owner removes it, which takes the lock.
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

}  // namespace freshet::http

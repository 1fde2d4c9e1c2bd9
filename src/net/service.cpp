// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "net/service.hpp"

#include <algorithm>

namespace freshet::http {

void Connections::add(Connection* key, std::weak_ptr<Connection> connection) {
    const std::lock_guard lock{mutex_};
    connections_.emplace(key, std::move(connection));
}

void Connections::remove(Connection* key) {
    const std::lock_guard lock{mutex_};
    connections_.erase(key);
    if (connections_.empty()) ended_.notify_all();
}

void Connections::wait_for_end(SteadyTime deadline) const {
    std::unique_lock lock{mutex_};
    ended_.wait_until(lock, deadline, [this] { return connections_.empty(); });
}

std::size_t Connections::size() const {
    const std::lock_guard lock{mutex_};
    return connections_.size();
}

std::vector<std::shared_ptr<Connection>> Connections::all() const {
    // Copied first: who lets go of a connection as its last owner removes it, which takes the lock.
    std::vector<std::shared_ptr<Connection>> alive;
    const std::lock_guard lock{mutex_};
    for (const auto& [key, connection] : connections_) {
        if (auto held = connection.lock()) alive.push_back(std::move(held));
    }
    return alive;
}

std::shared_ptr<Connection> Connections::longest_waiting() const {
    const auto alive = all();
    const auto longest = std::ranges::min_element(alive, {}, [](const auto& one) { return one->waits_since(); });
    if (longest == alive.end() || (*longest)->waits_since() == is_busy) return nullptr;
    return *longest;
}

}  // namespace freshet::http

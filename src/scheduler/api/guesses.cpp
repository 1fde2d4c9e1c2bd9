// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/api/guesses.hpp"

#include <algorithm>

namespace freshet::scheduler {

namespace {

using namespace std::chrono_literals;

constexpr auto at_most_owed = 60s;
constexpr auto cost_of_one = 6s;          // so that ten are a minute's
constexpr std::size_t most_peers = 1000;  // remembered: a network of attackers costs 100 KB

}  // namespace

std::optional<std::chrono::seconds> Guesses::pause_after(const std::string& peer, Instant now) {
    const std::lock_guard lock(mutex_);
    if (forgiven_.size() >= most_peers && !forgiven_.contains(peer)) make_room(now);
    Instant& forgiven = forgiven_.try_emplace(peer, now).first->second;
    const Instant next = std::max(forgiven, now) + cost_of_one;
    if (next - now > at_most_owed) return std::chrono::ceil<std::chrono::seconds>(next - now - at_most_owed);
    forgiven = next;
    return std::nullopt;
}

/// With the lock held.
void Guesses::make_room(Instant now) {
    std::erase_if(forgiven_, [&](const auto& entry) { return entry.second <= now; });
    if (forgiven_.size() < most_peers) return;
    const auto forgiven = [](const auto& entry) { return entry.second; };
    forgiven_.erase(std::ranges::min_element(forgiven_, {}, forgiven));
}

}  // namespace freshet::scheduler

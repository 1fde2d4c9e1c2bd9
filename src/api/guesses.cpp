// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "api/guesses.hpp"

#include <algorithm>

namespace freshet::scheduler {

namespace {

using namespace std::chrono_literals;

constexpr auto max_debt = 60s;
constexpr auto cost_per_failure = 6s;    // so that ten are a minute's
constexpr std::size_t max_peers = 1000;  // remembered: a network of attackers costs 100 KB

}  // namespace

std::optional<std::chrono::seconds> AuthThrottle::record_failure(const std::string& peer, Instant now) {
    const std::lock_guard lock(mutex_);
    if (expires_at_.size() >= max_peers && !expires_at_.contains(peer)) evict(now);
    Instant& expires_at = expires_at_.try_emplace(peer, now).first->second;
    const Instant next = std::max(expires_at, now) + cost_per_failure;
    if (next - now > max_debt) return std::chrono::ceil<std::chrono::seconds>(next - now - max_debt);
    expires_at = next;
    return std::nullopt;
}

/// With the lock held.
void AuthThrottle::evict(Instant now) {
    std::erase_if(expires_at_, [&](const auto& entry) { return entry.second <= now; });
    if (expires_at_.size() < max_peers) return;
    const auto expires_at = [](const auto& entry) { return entry.second; };
    expires_at_.erase(std::ranges::min_element(expires_at_, {}, expires_at));
}

}  // namespace freshet::scheduler

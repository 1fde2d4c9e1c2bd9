// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace freshet::scheduler {

/// Counts the wrong tokens of each peer: ten at once, and ten a minute from then on. Who has a right token is never
/// asked about, so that nobody suffers from a neighbour behind the same address. Safe to use from many threads.
class AuthThrottle {
public:
    using Instant = std::chrono::steady_clock::time_point;

    /// A wrong token came from there: how long the peer should wait before its next, when this was one too many.
    std::optional<std::chrono::seconds> record_failure(const std::string& peer, Instant now);

private:
    void evict(Instant now);

    std::mutex mutex_;
    std::map<std::string, Instant> expires_at_;  // guarded by mutex_: when all that came from a peer will be forgotten
};

}  // namespace freshet::scheduler

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/json.hpp"
#include "rpc/task_requests.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace freshet::scheduler {

/// The resources that are not held while a task runs, but handed out at so many a minute to all workers together: what
/// a server asks of its clients. Never more than the limit in any minute; what a task took comes back after one.
class RateLimiter {
public:
    explicit RateLimiter(std::set<std::string> resources) : resources_(std::move(resources)) {}

    /// From now on these are the rates. What was handed out of others is forgotten.
    void set_resources(std::set<std::string> resources);

    bool empty() const { return resources_.empty(); }
    bool has(const std::string& resource) const { return resources_.contains(resource); }
    /// Handed out within the minute before `now`: nothing of what is no rate.
    std::int64_t used(const std::string& resource, Time now) const;
    /// Hands out what of the request is a rate; whether any was.
    bool consume(const rpc::Resources& requested, Time now);

    /// When the next of what was handed out comes back; nullopt: all is there.
    std::optional<Time> next_expiry() const;
    /// Forgets what has come back; whether anything had.
    bool expire_grants(Time now);

    /// What was handed out, as a later life reads it.
    Json to_json() const;
    void restore(const Json& json);

private:
    struct Grant {
        Time expires_at;
        std::int64_t amount = 0;
    };

    std::set<std::string> resources_;
    std::map<std::string, std::deque<Grant>> grants_;  ///< by resource, the oldest first; no empty ones
};

}  // namespace freshet::scheduler

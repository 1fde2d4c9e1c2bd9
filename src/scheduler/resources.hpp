// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/json.hpp"
#include "rpc/requests.hpp"
#include "rpc/task_requests.hpp"
#include "scheduler/task.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace freshet {
class Log;
}

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

struct SchedulerState;

/// More of a resource is needed than there is: who needs it waits until an operator provides more.
struct Shortage {
    std::string resource;
    std::int64_t need = 0;
    std::int64_t limit = 0;
};

/// How much of the resource there is at most: one, where nothing was said of it.
std::int64_t limit_of(const SchedulerState& state, const std::string& resource);

/// How much of the resource is taken: by those who hold `held` and, of a rate, within the minute before `now`.
std::int64_t used_amount(const SchedulerState& state, const rpc::Resources& held, const std::string& resource,
                         Time now);

/// The first of the resources of which more is requested than there is.
std::optional<Shortage> shortage(const SchedulerState& state, const rpc::Resources& requested);

/// "it needs 3 of 'db', of which there are 2"
std::string describe(const Shortage& shortage);

/// Warns of tasks that are registered and can never run: once for each limit that is too small.
class ShortageWarnings {
public:
    explicit ShortageWarnings(Log& log) : log_(log) {}

    /// To be called after the request was handled.
    void check(const SchedulerState& state, const rpc::Request& request);

private:
    void check(const SchedulerState& state, const rpc::AddTask& request);

    Log& log_;
    std::map<std::string, std::int64_t> warned_limits_;  ///< the limits, by resource
};

/// What a task that runs holds of its request: all but rates.
ResourceRequest held_resources(SchedulerState& state, const ResourceRequest& request);

}  // namespace freshet::scheduler

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/json.hpp"
#include "rpc/requests.hpp"
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

/// Sliding-window rate limits: resources that are not held while a task runs, but granted at most `limit` times in any
/// minute to all workers together, as a server demands of its clients. A grant expires after a minute.
class RateLimiter {
public:
    explicit RateLimiter(std::set<std::string> resources) : resources_(std::move(resources)) {}

    /// Replaces the set of rates, dropping the grants of others.
    void set_resources(std::set<std::string> resources);

    bool empty() const { return resources_.empty(); }
    bool has(const std::string& resource) const { return resources_.contains(resource); }
    /// Amount granted within the minute before `now`; 0 of a resource that is no rate.
    std::int64_t used(const std::string& resource, Time now) const;
    /// Grants the rates in `requested`; returns true if there were any.
    bool consume(const rpc::Resources& requested, Time now);

    /// The earliest expiry of a grant; nullopt without grants.
    std::optional<Time> next_expiry() const;
    /// Removes expired grants; returns true if there were any.
    bool expire_grants(Time now);

    /// Moves all expiries by the change of a clock that was set.
    void shift_grants(Time::duration change);
    /// Lets no grant expire later than one that is made at `now`; returns true if any would have.
    bool limit_grants(Time now);

    /// The grants, for restore() after a restart.
    Json to_json() const;
    void restore(const Json& json);

private:
    struct Grant {
        Time expires_at;
        std::int64_t amount = 0;
    };

    std::set<std::string> resources_;
    std::map<std::string, std::deque<Grant>> grants_;  ///< by resource, oldest first; none is empty
};

struct SchedulerState;

/// A request of more of a resource than its limit: the task waits until an operator raises that.
struct Shortage {
    std::string resource;
    std::int64_t need = 0;
    std::int64_t limit = 0;
};

/// The limit of the resource; 1 unless configured.
std::int64_t limit_of(const rpc::Resources& limits, const std::string& resource);

/// Amount of the resource in use: held according to `held` and, of a rate, granted within the minute before `now`.
std::int64_t used_amount(const SchedulerState& state, const rpc::Resources& held, const std::string& resource,
                         Time now);

/// The first requested resource that exceeds its limit.
std::optional<Shortage> shortage(const rpc::Resources& limits, const rpc::Resources& requested);

/// Returns "it needs 3 of 'db', of which there are 2".
std::string describe(const Shortage& shortage);

/// Logs a warning about registered tasks that can never run, once per limit that is too small.
class ShortageWarnings {
public:
    explicit ShortageWarnings(Log& log) : log_(log) {}

    /// Checks a request that has been handled.
    void check(const SchedulerState& state, const rpc::Request& request);

private:
    void check(const SchedulerState& state, const rpc::AddTask& request);

    Log& log_;
    std::map<std::string, std::int64_t> warned_limits_;  ///< by resource
};

/// The part of a request that a running task holds: all but rates.
ResourceRequest held_resources(SchedulerState& state, const ResourceRequest& request);

}  // namespace freshet::scheduler

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/json.hpp"
#include "wire/task_requests.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace freshet::scheduler {

/// The resources that are not held while a task runs, but handed out at so many a minute to all workers together: what
/// a server asks of its clients. Never more than the limit in any minute; what a task took comes back after one.
class Rates {
public:
    explicit Rates(std::set<std::string> names) : names_(std::move(names)) {}

    /// From now on these are the rates. What was handed out of others is forgotten.
    void rename(std::set<std::string> names);

    bool empty() const { return names_.empty(); }
    bool has(const std::string& resource) const { return names_.contains(resource); }
    /// Handed out within the minute before `now`: nothing of what is no rate.
    std::int64_t used(const std::string& resource, Time now) const;
    /// Hands out what of the demand is a rate; whether any was.
    bool take(const wire::Resources& demand, Time now);

    /// When the next of what was handed out comes back; nullopt: all is there.
    std::optional<Time> next_return() const;
    /// Forgets what has come back; whether anything had.
    bool forget_returned(Time now);

    /// What was handed out, as a later life reads it.
    Json written() const;
    void restore(const Json& json);

private:
    struct Grant {
        Time returns;
        std::int64_t amount = 0;
    };

    std::set<std::string> names_;
    std::map<std::string, std::deque<Grant>> grants_;  ///< by resource, the oldest first; no empty ones
};

}  // namespace freshet::scheduler

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::run {

/// The failures that attempts report of servers, so that an outage that many tasks meet is told once, and counted. The
/// server is that of the first URL in the message of a failure, and the cause is what follows it. Not thread-safe.
class Outages {
public:
    /// Counts the failure of an attempt that will be repeated. Returns true when it is to be told: it names no server,
    /// or is the first with its server and cause.
    bool add(const std::string& task_id, std::string_view message, Time now);

    /// Ends the outages that the task has met, which has succeeded. Returns a line for each with more failures than
    /// the one that was told.
    std::vector<std::string> end(const std::string& task_id);

    /// Returns such lines for those that have not ended.
    std::vector<std::string> unended() const;

private:
    struct Outage {
        std::string server;
        std::string cause;
        Time since;
        std::size_t failures = 0;
        std::set<std::string> tasks{};
    };

    static std::string describe(const Outage& outage);

    std::map<std::string, Outage> outages_;  ///< by server and cause
};

}  // namespace freshet::run

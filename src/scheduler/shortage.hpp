// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "rpc/requests.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace freshet {
class Log;
}

namespace freshet::scheduler {

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

}  // namespace freshet::scheduler

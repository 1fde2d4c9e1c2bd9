// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "wire/request.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace freshet {
class Log;
}

namespace freshet::scheduler {

struct Board;

/// More of a resource is needed than there is: who needs it waits until an operator provides more.
struct Shortage {
    std::string resource;
    std::int64_t need = 0;
    std::int64_t limit = 0;
};

/// How much of the resource there is at most: one, where nothing was said of it.
std::int64_t limit_of(const Board& board, const std::string& resource);

/// How much of the resource is taken: by those who hold `held` and, of a rate, within the minute before `now`.
std::int64_t taken_of(const Board& board, const wire::Resources& held, const std::string& resource, Time now);

/// The first of the resources of which the demand is more than there is.
std::optional<Shortage> shortage(const Board& board, const wire::Resources& demand);

/// "it needs 3 of 'db', of which there are 2"
std::string words(const Shortage& shortage);

/// Warns of tasks that are registered and can never run: once for each limit that is too small.
class ShortageWarnings {
public:
    explicit ShortageWarnings(Log& log) : log_(log) {}

    /// To be called after the request was handled.
    void look_at(const Board& board, const wire::Request& request);

private:
    void look_at(const Board& board, const wire::AddTask& request);

    Log& log_;
    std::map<std::string, std::int64_t> warned_of_;  ///< the limits, by resource
};

}  // namespace freshet::scheduler

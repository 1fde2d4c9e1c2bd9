// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"

#include <cstdint>
#include <string>

namespace freshet::scheduler {

/// The requests that were told to come back, since what they say could not be kept.
struct RejectedRequests {
    std::uint64_t count = 0;
    Time last{};
    std::string reason{};  ///< of the last one

    /// While the disk is full every worker asks again and again: after a while without a refusal it no longer is.
    bool is_recent(Time now) const { return count > 0 && now < last + std::chrono::minutes(1); }
};

}  // namespace freshet::scheduler

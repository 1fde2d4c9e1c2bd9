// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/board.hpp"
#include "wire/request.hpp"
#include "wire/response.hpp"

#include <string>

namespace freshet::scheduler {

/// Until when a worker that has just been heard of is trusted.
Time lease_expiry(const Board& board, Time now);

/// What a report with a lease is worth.
enum class Standing {
    valid,      ///< the attempt runs
    duplicate,  ///< it was reported before: the answer got lost
    refused,    ///< another attempt followed it
};
Standing standing(const Board& board, const wire::AddTask& report);

/// Why such a report is refused, in one sentence.
std::string refusal(const Board& board, const wire::AddTask& report);

/// Both are signs of life.
wire::LeaseState renew_lease(Board& board, const wire::RenewLease& request, Time now);
wire::LeaseState holds_lease(Board& board, const wire::HoldsLease& request, Time now);

}  // namespace freshet::scheduler

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/snapshot.hpp"
#include "scheduler/refusals.hpp"
#include "store/outbox.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace freshet::dashboard {

/// What the first page shows besides the scheduler's own state.
struct FrontPageOptions {
    std::string version{};
    std::vector<store::Backlog> backlogs{};           ///< events that wait for their sinks
    std::optional<std::chrono::seconds> refresh{};    ///< as the reader asked for
    scheduler::RejectedRequests rejected_requests{};  ///< whom the scheduler told to come back
};

/// Answers, in this order: is anything wrong and why, what runs, what waits and for what, how the newest runs stand;
/// workers, resources and families follow.
std::string front_page(const Snapshot& snapshot, const FrontPageOptions& options);

}  // namespace freshet::dashboard

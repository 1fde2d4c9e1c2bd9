// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/published_target.hpp"
#include "target/staging.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace freshet::target {

using freshet::IfExists;
using freshet::PublishResult;

/// Renames the outputs of one attempt into place, receipts first, so that they survive a power cut; the last rename
/// completes the task. Outputs in place get their receipts. Only for the worker that holds the task's lease. Nothing
/// stays staged: after an Error some outputs, but not all, may be in place, and the task must be run again.
/// `if_exists`: what to do if all of them are in place already.
PublishResult publish(const std::vector<StagedOutput>& outputs, IfExists if_exists = IfExists::keep);

/// Takes a published output out of its place: moves it to `.freshet/NAME.stale`, replacing an earlier one, and removes
/// its receipt. Returns the new path; nullopt for an output without receipt, which others made.
std::optional<std::filesystem::path> retire(const std::filesystem::path& target);

}  // namespace freshet::target

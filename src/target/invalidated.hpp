// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"

#include <chrono>
#include <filesystem>
#include <optional>

// Outputs that an operator takes out of their place, so that they are made again: each is kept with its receipt in
// `.freshet/invalidated/TIME/`, from where both can be moved back. None replaces an earlier one.
namespace freshet::target {

/// The time for which an invalidated output is kept.
inline constexpr std::chrono::days invalidated_retention{7};

/// Moves an output, with its receipt if it has one, into the folder of `now`. Returns its new path; nullopt when
/// nothing is there. Throws TransientError when the folder has one of that name.
std::optional<std::filesystem::path> invalidate(const std::filesystem::path& target, Time now);

/// Removes the invalidated outputs in a folder of outputs whose retention has ended.
void remove_expired(const std::filesystem::path& folder, Time now);

}  // namespace freshet::target

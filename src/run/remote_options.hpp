// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/commands.hpp"
#include "run/session.hpp"

#include <optional>

namespace freshet::run {

/// The scheduler that --scheduler or [run] names, with the token for it; none: the run has its own. Throws
/// ConfigError for a token file that cannot be read.
std::optional<RemoteOptions> remote_options(const CommandContext& context, const RunConfig& config);

}  // namespace freshet::run

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/commands.hpp"

#include <memory>
#include <vector>

namespace freshet::run {

/// A sink for each [[sink]] table of the configuration, of the built-in types and of those named. Throws
/// ConfigError for a table that no sink understands.
std::vector<std::shared_ptr<Sink>> configured_sinks(const Config& config, const std::vector<SinkType>& extra_types);

/// Where the run's events go: the program's events file, then the [[sink]] tables of the configuration.
/// Throws ConfigError for a table that no sink understands.
std::vector<std::shared_ptr<Sink>> make_sinks(const CommandContext& context, const AnyTask& root);

}  // namespace freshet::run

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/config.hpp"
#include "freshet/registry.hpp"

#include <optional>
#include <string>
#include <vector>

namespace freshet::run {

/// A parameter's value for the root task, and where it was given.
struct ResolvedValue {
    const Parameter* parameter = nullptr;
    std::optional<std::string> text{};  ///< none: nowhere given, and required
    std::string origin{};               ///< "command line", "environment FRESHET_…", "gfs.toml:12", "default"

    bool is_default() const { return origin == "default"; }
    /// For people: secrets are masked.
    std::string display_text() const;
};

/// The values of a family's parameters, in their order: command line before environment before configuration file
/// before the member's default.
std::vector<ResolvedValue> resolve_values(const TaskType& type, const Values& command_line, const Config& config);

/// Makes the task; throws ParameterError or ConfigError, after where the wrong value was given.
AnyTask make_task(const TaskType& type, const std::vector<ResolvedValue>& values);

/// Throws ConfigError, with the nearest right name, for a section or key that means nothing to this program.
void check_config_keys(const Config& config, const Registry& registry);

}  // namespace freshet::run

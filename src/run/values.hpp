// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/settings.hpp"
#include "freshet/registry.hpp"

#include <optional>
#include <string>
#include <vector>

namespace freshet::run {

/// A parameter's value for the root task, and where it was given.
struct Value {
    const Parameter* parameter = nullptr;
    std::optional<std::string> text{};  ///< none: nowhere given, and required
    std::string origin{};               ///< "command line", "environment FRESHET_…", "gfs.toml:12", "default"

    bool is_default() const { return origin == "default"; }
    /// For people: secrets are masked.
    std::string shown() const;
};

/// The values of a family's parameters, in their order: command line before environment before configuration file
/// before the member's default.
std::vector<Value> resolve(const TaskType& type, const Values& command_line, const Settings& settings);

/// Makes the task; throws ParameterError or ConfigurationError, after where the wrong value was given.
AnyTask make_task(const TaskType& type, const std::vector<Value>& values);

/// Throws ConfigurationError, with the nearest right name, for a section or key that means nothing to this program.
void check_settings(const Settings& settings, const Registry& registry);

}  // namespace freshet::run

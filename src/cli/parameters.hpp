// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/config.hpp"
#include "cli/command_line.hpp"
#include "freshet/registry.hpp"

#include <optional>
#include <string>
#include <vector>

namespace freshet::cli {

/// The value of a parameter of the root task, and its origin.
struct ResolvedValue {
    const Parameter* parameter = nullptr;
    std::optional<std::string> text{};  ///< none: required, but not given
    std::string origin{};               ///< "command line", "environment FRESHET_...", "gfs.toml:12", "default"

    bool is_default() const { return origin == "default"; }
    /// The text with secrets masked.
    std::string display_text() const;
};

/// The values of a family's parameters, in declaration order. The command line overrides the environment, that the
/// configuration file, that the default of the member.
std::vector<ResolvedValue> resolve_values(const TaskType& type, const Values& command_line, const Config& config);

/// The same for a command, whose parameters count if it names this family, after the program's `resolve_parameters`,
/// which replaces words like "latest".
std::vector<ResolvedValue> parameter_values(const TaskType& type, const CommandContext& context);

/// Makes the task. Throws ParameterError or ConfigError, depending on the origin of the invalid value.
AnyTask make_task(const TaskType& type, const std::vector<ResolvedValue>& values);

/// The task that the command line names by family and parameters. Throws ParameterError when it names none.
AnyTask named_task(const CommandContext& context);

/// Throws ConfigError, with the nearest name, for a section or key that the program does not know.
void check_config_keys(const Config& config, const Registry& registry);

}  // namespace freshet::cli

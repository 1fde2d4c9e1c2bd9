// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/config.hpp"
#include "cli/command_line.hpp"
#include "freshet/registry.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Values of parameters, from the command line to the task. Each keeps its origin, so that an error names the place to
// correct.
namespace freshet::cli {

/// The section with the values of all tasks that have such a parameter, unless their own section has one: as in a
/// luigi.cfg.
inline constexpr std::string_view default_section = "DEFAULT";

/// The value of a parameter of the root task, and its origin.
struct ResolvedValue {
    const Parameter* parameter = nullptr;  ///< of the TaskType, which must outlive it
    std::optional<std::string> text{};     ///< none: required, but not given
    std::string origin{};                  ///< "command line", "environment FRESHET_...", "gfs.toml:12", "default"
    std::string_view section{};            ///< of the configuration, for a value that has its origin there

    bool is_default() const { return origin == "default"; }
    /// The text for messages and pages: secrets masked, "(required)" where there is none.
    std::string display_text() const;
};

/// The values of a family's parameters, in declaration order. From the highest precedence to the lowest: command line,
/// the family's section (environment, configuration files, for a secret parameter the file named by the key
/// "<name>_file"), the section [DEFAULT] likewise, default of the member. Values are not parsed yet. Throws ConfigError
/// when the file of a secret cannot be read, or a section has both the secret and its file.
std::vector<ResolvedValue> resolve_values(const TaskType& type, const Values& command_line, const Config& config);

/// The values of a section that tasks read, in declaration order: of the configuration, else the members' defaults.
/// Throws as resolve_values().
std::vector<ResolvedValue> section_values(const SectionType& section, const Config& config);

/// The same for a command, whose parameters count if it names this family, after the program's `resolve_parameters`,
/// which replaces words like "latest". A value that it adds has the program's name as origin.
/// Throws as resolve_values(), and as `resolve_parameters` does.
std::vector<ResolvedValue> parameter_values(const TaskType& type, const CommandContext& context);

/// Parses the values and makes the task. Throws ParameterError for a missing value or an invalid one of the command
/// line, ConfigError with the origin for any other.
AnyTask make_task(const Registry& registry, const TaskType& type, const std::vector<ResolvedValue>& values);

/// The registry with the configuration's values, for all tasks that are made without them, after those that the command
/// line gives to classes. The program's `resolve_parameters` replaces words among those of families. Throws ConfigError
/// for a text in a section that tasks read which is not a value.
Registry configured_registry(const Program& program, const Registry& registry,
                             const std::map<std::string_view, Values>& of_classes, const Config& config,
                             const Clock& clock);

/// The task that the command line names by family and parameters. Throws ParameterError when it names none, or
/// none of the registry, and otherwise as make_task().
AnyTask named_task(const CommandContext& context);

/// The range of tasks that `backfill` names by a family, parameters, --from and --to. Throws ParameterError for an
/// invalid range or value, and otherwise as make_task().
AnyTask backfill_task(const CommandContext& context);

/// The task that the functions of a program are told of: for a range, one that it could require, since they know the
/// program's own parameters; otherwise `root` itself.
AnyTask root_for_program(const Registry& registry, const AnyTask& root);

/// Throws ConfigError, with the nearest name, for the first section, key or table that the program does not know.
/// Sections are [run], [resources], [slurm], [email], [smtp], [DEFAULT], the families and those that tasks read, tables
/// [[sink]] and [[notification]]. Checks no values.
void check_config_keys(const Config& config, const Registry& registry);

}  // namespace freshet::cli

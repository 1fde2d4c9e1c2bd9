// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/arguments.hpp"
#include "freshet/exit_status.hpp"
#include "freshet/registry.hpp"

#include <array>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::cli {

/// The operand that a command takes.
enum class Operand {
    none,
    task,       ///< a family with its parameters
    reference,  ///< a task id, or a family with its parameters
    optional,   ///< a reference or nothing
    action,     ///< a word of the command's own, and further ones
    words,      ///< those of its usage, which are counted
    topic,      ///< a command, a family or nothing
};

struct CommandContext;

/// A row of the table of built-in commands.
struct Command {
    std::string_view name;
    Operand operand;
    std::string_view help;
    std::array<std::string_view, 24> options;  ///< besides those that every command has
    ExitStatus (*run)(const CommandContext& context);
    std::string_view usage{};  ///< of the words of an action or of words: "list | resend EVENT...", "NAME ROLE"
};

/// The built-in commands of a program and the options that they take.
struct CommandTable {
    std::span<const Command> commands;
    std::span<const Option> options;
    std::string_view remarks{};  ///< the end of the help on the program, a paragraph on each line

    /// Null for an unknown command.
    const Command* find(std::string_view name) const;
};

/// The table of a pipeline: all commands, or only help if it has no tasks.
CommandTable pipeline_commands(const Registry& registry);

/// The options of all commands of a pipeline.
std::span<const Option> all_options();

/// The option with that name, which must be in the table of a pipeline.
const Option& option_named(std::string_view name);

/// Returns whether the command takes the option.
bool accepts(const Command& command, std::string_view option);

/// The parsed command line of a built-in command.
struct ParsedCommand : ParsedOptions {
    const Command* command = nullptr;  ///< null: help or version of the program
    std::string operand{};             ///< family, id, action or topic, as typed
    std::vector<std::string> words{};  ///< what follows an action
    const TaskType* type = nullptr;    ///< the task type, if the operand is a family
    Values parameters{};               ///< of the operand's task, by their C++ names
    /// Values for all tasks of a family that are made without them, by family: --DailySales-region us.
    std::map<std::string_view, Values> class_parameters{};
    std::vector<std::string> arguments{};  ///< as typed, but for secrets and passwords in URLs, which are "***"

    /// The values on the command line for tasks of the type: the operand's, or else those of the family.
    Values parameters_of(const TaskType& task_type) const;
};

/// Parses the arguments after the program's name. Throws ParameterError, with the nearest name.
///
/// After the name of a family its parameters take precedence: an option with the same name must stand before it. A
/// program without tasks knows no parameters: what follows a task and is none of its options is taken for one.
/// `program_commands` are the names of the program's own commands, for the nearest name.
ParsedCommand parse_command(const std::vector<std::string>& arguments, const Registry& registry,
                            const CommandTable& table, const std::vector<std::string>& program_commands = {});

/// The name with dashes instead of underscores: keep_grib -> keep-grib.
std::string dashed(std::string_view name);

}  // namespace freshet::cli

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace freshet::run {

/// An option that is Freshet's own, not a task's parameter.
struct Option {
    std::string_view name;         ///< as after the dashes
    std::string_view placeholder;  ///< stands for its value in the help; empty: it has none
    std::string_view help;
    bool is_config_key = false;  ///< may also stand in the section [run] of the configuration
};

/// What a command wants after its name.
enum class Operand {
    none,
    task,       ///< a family with its parameters
    reference,  ///< a task's id, or a family with its parameters
    optional,   ///< such a reference or nothing
    topic,      ///< a command or a family, or nothing
};

struct Command {
    std::string_view name;
    Operand operand;
    std::string_view help;
    std::array<std::string_view, 11> options;  ///< besides those that every command has
};

std::span<const Option> all_options();
std::span<const Command> all_commands();

/// The option of that name; it must be one of the table.
const Option& option_named(std::string_view name);

/// Whether the command understands the option.
bool accepts(const Command& command, std::string_view option);

}  // namespace freshet::run

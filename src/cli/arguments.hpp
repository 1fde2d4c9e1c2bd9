// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/option_table.hpp"
#include "freshet/registry.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::run {

/// A command line, taken apart.
struct ParsedArguments {
    const Command* command = nullptr;                           ///< null: the help or the version of the program
    std::string operand{};                                      ///< family, id or topic, as it was written
    const TaskType* type = nullptr;                             ///< when the operand is a family
    Values parameters{};                                        ///< by their C++ names
    std::map<std::string, std::string, std::less<>> options{};  ///< by name; "" for those without value

    bool has(std::string_view option) const { return options.contains(option); }
    std::optional<std::string> option(std::string_view name) const;
};

/// Takes the arguments after the program's name apart; throws ParameterError.
///
/// After a family's name its own parameters come first: an option of the same name is written before it.
/// `program_commands` are the names of commands that the program has beside the table's: the nearest may be one of
/// them.
ParsedArguments parse_arguments(const std::vector<std::string>& arguments, const Registry& registry,
                                const std::vector<std::string>& program_commands = {});

/// keep_grib -> keep-grib
std::string dashed(std::string_view name);

}  // namespace freshet::run

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::daemon {

struct Option {
    std::string_view name;         ///< without the dashes
    std::string_view placeholder;  ///< of the value in the help; empty for a flag
    std::string_view help;
    bool is_config_key = false;  ///< a key of [server] too
};

/// A parsed command line.
struct Arguments {
    std::vector<std::string> operands{};                        ///< in order
    std::map<std::string, std::string, std::less<>> options{};  ///< by name; "" for flags

    bool has(std::string_view option) const { return options.contains(option); }
    std::optional<std::string> option(std::string_view name) const;
};

/// Parses a command line. The last of repeated options counts, as with luigid. Throws ParameterError, with the nearest
/// name, for an unknown option, and for a missing or superfluous value.
Arguments parse_arguments(std::span<const Option> options, const std::vector<std::string>& arguments);

/// Formats a row of the help, with the meaning in a fixed column.
std::string help_row(std::string_view name, std::string_view meaning);

/// Formats a row for each option.
std::string help_on(std::span<const Option> options);

}  // namespace freshet::daemon

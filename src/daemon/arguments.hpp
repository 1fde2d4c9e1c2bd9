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
    std::string_view name;         ///< as after the dashes
    std::string_view placeholder;  ///< stands for its value in the help; empty: it has none
    std::string_view help;
    bool is_config_key = false;  ///< may also stand in the configuration
};

/// A command line, taken apart.
struct Arguments {
    std::vector<std::string> operands{};                        ///< what is no option, in order
    std::map<std::string, std::string, std::less<>> options{};  ///< by name; "" for those without value

    bool has(std::string_view option) const { return options.contains(option); }
    std::optional<std::string> option(std::string_view name) const;
};

/// Of an option that is given twice the last one counts, as with luigid: scripts add to what they were given. Throws
/// ParameterError, with the nearest name, for what is not among `options`.
Arguments parse_arguments(std::span<const Option> options, const std::vector<std::string>& arguments);

/// A name with what it means, the meanings below each other.
std::string help_row(std::string_view name, std::string_view meaning);

/// Such a row for each option.
std::string help_on(std::span<const Option> options);

}  // namespace freshet::daemon

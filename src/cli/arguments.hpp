// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace freshet::cli {

/// A row of a table of command line options.
struct Option {
    std::string_view name;         ///< without the dashes
    std::string_view placeholder;  ///< the value in the help; empty: a flag without a value
    std::string_view help;
    bool is_config_key = false;  ///< is also a key in the configuration
};

/// Walks along the arguments of a command line.
class ArgumentCursor {
public:
    explicit ArgumentCursor(std::span<const std::string> arguments) : arguments_(arguments) {}

    /// The number of arguments taken so far.
    std::size_t position() const { return at_; }
    bool at_end() const { return at_ == arguments_.size(); }
    /// Returns whether an option is next: "--name", "--name=value" or "-h".
    bool at_option() const;
    /// Returns whether an argument is next that can be the value of an option: anything but "--...".
    bool at_value() const;
    /// The next argument as it is.
    const std::string& take() { return arguments_[at_++]; }

    /// The next option: its name without dashes, "help" for "-h", and the value after an equals sign.
    std::pair<std::string, std::optional<std::string>> take_option();
    /// The next argument as the value of `flag`. Throws ParameterError, with the hint, when an option or nothing
    /// follows.
    std::string take_value(std::string_view flag, std::string_view hint);
    /// The value of the option that take_option() returned, "" for a flag. Throws ParameterError when a flag has a
    /// value or another option has none.
    std::string take_value_of(const Option& option, std::optional<std::string> value);

private:
    std::span<const std::string> arguments_;
    std::size_t at_ = 0;
};

/// The options of a command line.
struct ParsedOptions {
    std::map<std::string, std::string, std::less<>> options{};  ///< by name; "" for flags

    bool has(std::string_view option) const { return options.contains(option); }
    std::optional<std::string> option(std::string_view name) const;
};

/// The options and operands of a command line.
struct Arguments : ParsedOptions {
    std::vector<std::string> operands{};  ///< everything but options, in order
};

/// The meaning of an option that is given several times.
enum class Repetition {
    rejected,
    last_wins,  ///< as for luigid: scripts append to the options that they were given
};

/// Parses options and operands in any order. Throws ParameterError for an option that is not in the table, with the
/// nearest one, for a missing or unexpected value and for a rejected repetition.
Arguments parse_arguments(std::span<const Option> options, std::span<const std::string> arguments,
                          Repetition repetition);

/// Throws ParameterError when there are too few or too many operands for their usage: "FOLDER FILE", "[FILE]" for an
/// optional one after the others, and as the last "FILE..." for at least one or "[FILE...]" for any number.
void check_operands(std::string_view usage, std::span<const std::string> operands);

/// A line of help: a name and its meaning in two columns; a long name has a line to itself.
std::string help_row(std::string_view name, std::string_view meaning);

/// The line of help of an option.
std::string help_row(const Option& option);

/// The lines of help of a table of options.
std::string help_on(std::span<const Option> options);

}  // namespace freshet::cli

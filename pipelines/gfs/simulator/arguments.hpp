// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gfs::simulator {

/// The args of a command line: "add FOLDER FILE --lead 6" has the command "add", two operands and one option.
class ParsedArguments {
public:
    /// Throws ParameterError when an option is unknown or lacks its value, or the operands are not as many as
    /// `operands`.
    ParsedArguments(const std::vector<std::string>& args, const std::vector<std::string_view>& operands,
                    const std::vector<std::string_view>& options);

    const std::string& operand(std::size_t index) const { return operands_[index]; }
    std::optional<std::string> option(std::string_view name) const;
    /// Throws ParameterError when it was not given.
    std::string required(std::string_view name) const;

private:
    std::vector<std::string> operands_;
    std::map<std::string, std::string, std::less<>> options_;
};

}  // namespace gfs::simulator

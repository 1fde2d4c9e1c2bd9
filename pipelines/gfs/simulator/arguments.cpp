// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/arguments.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace gfs::simulator {

ParsedArguments::ParsedArguments(const std::vector<std::string>& args, const std::vector<std::string_view>& operands,
                                 const std::vector<std::string_view>& options) {
    for (auto arg = args.begin(); arg != args.end(); ++arg) {
        if (!arg->starts_with("--")) {
            operands_.push_back(*arg);
            continue;
        }
        const auto equals = arg->find('=');
        const auto name = arg->substr(0, equals);
        if (std::ranges::find(options, name) == options.end()) {
            throw freshet::ParameterError(
                fmt::format("there is no option '{}' here; there are {}", name, fmt::join(options, ", ")));
        }
        if (equals != std::string::npos) {
            options_[name] = arg->substr(equals + 1);
        } else if (std::next(arg) != args.end()) {
            options_[name] = *++arg;
        } else {
            throw freshet::ParameterError(fmt::format("the option '{}' wants a value", name));
        }
    }
    if (operands_.size() != operands.size()) {
        throw freshet::ParameterError(fmt::format("wanted are {}, given were {} of them: '{}'",
                                                  fmt::join(operands, " and "), operands_.size(),
                                                  fmt::join(operands_, "' '")));
    }
}

std::optional<std::string> ParsedArguments::option(std::string_view name) const {
    const auto found = options_.find(name);
    return found == options_.end() ? std::nullopt : std::optional(found->second);
}

std::string ParsedArguments::required(std::string_view name) const {
    if (auto value = option(name)) return *value;
    throw freshet::ParameterError(fmt::format("the option '{}' is missing", name));
}

}  // namespace gfs::simulator

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/arguments.hpp"

#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::daemon {

namespace {

const Option& find_option(std::span<const Option> options, const std::string& name) {
    const auto found = std::ranges::find(options, name, &Option::name);
    if (found != options.end()) return *found;
    std::vector<std::string> names;
    for (const Option& option : options) names.push_back(fmt::format("--{}", option.name));
    throw ParameterError(fmt::format("unknown option --{}{}", name, suggestion("--" + name, names)));
}

/// Parses the option at index `at` and its value, and moves `at` behind both.
std::pair<std::string, std::string> take_option(std::span<const Option> options,
                                                const std::vector<std::string>& arguments, std::size_t& at) {
    const std::string text = arguments[at++].substr(2);
    const auto equals = text.find('=');
    const Option& option = find_option(options, text.substr(0, equals));
    const std::string name(option.name);
    if (option.placeholder.empty()) {
        if (equals != text.npos) throw ParameterError(fmt::format("--{} takes no value", name));
        return {name, ""};
    }
    if (equals != text.npos) return {name, text.substr(equals + 1)};
    if (at == arguments.size() || arguments[at].starts_with("--"))
        throw ParameterError(fmt::format("--{} requires a value: {}", name, option.placeholder));
    return {name, arguments[at++]};
}

}  // namespace

std::optional<std::string> Arguments::option(std::string_view name) const {
    const auto found = options.find(name);
    return found == options.end() ? std::nullopt : std::optional(found->second);
}

Arguments parse_arguments(std::span<const Option> options, const std::vector<std::string>& arguments) {
    Arguments result;
    for (std::size_t at = 0; at < arguments.size();) {
        if (arguments[at] == "-h") {
            result.options["help"] = "";
            ++at;
        } else if (arguments[at].starts_with("--")) {
            auto [name, value] = take_option(options, arguments, at);
            result.options[name] = std::move(value);
        } else {
            result.operands.push_back(arguments[at++]);
        }
    }
    return result;
}

std::string help_row(std::string_view name, std::string_view meaning) {
    constexpr std::size_t column = 28;
    if (name.size() + 2 >= column) return fmt::format("  {}\n  {:{}}{}\n", name, "", column, meaning);
    return fmt::format("  {:{}}{}\n", name, column, meaning);
}

std::string help_on(std::span<const Option> options) {
    std::string text;
    for (const Option& option : options)
        text += help_row(option.placeholder.empty() ? fmt::format("--{}", option.name)
                                                    : fmt::format("--{} {}", option.name, option.placeholder),
                         option.help);
    return text;
}

}  // namespace freshet::daemon

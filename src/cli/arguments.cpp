// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.hpp"

#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::cli {

namespace {

const Option& find_option(std::span<const Option> options, const std::string& name) {
    const auto found = std::ranges::find(options, name, &Option::name);
    if (found != options.end()) return *found;
    std::vector<std::string> flags;
    for (const Option& option : options) flags.push_back(fmt::format("--{}", option.name));
    throw ParameterError(fmt::format("unknown option --{}{}", name, suggestion("--" + name, flags)));
}

/// A word of the usage of operands.
struct OperandUsage {
    std::string_view name;
    bool is_optional;
    bool is_repeated;
};

OperandUsage parse_operand_usage(std::string_view word) {
    const bool is_optional = word.starts_with('[') && word.ends_with(']');
    if (is_optional) word = word.substr(1, word.size() - 2);
    constexpr std::string_view dots = "...";
    const bool is_repeated = word.ends_with(dots);
    if (is_repeated) word.remove_suffix(dots.size());
    return {word, is_optional, is_repeated};
}

}  // namespace

bool ArgumentCursor::at_option() const {
    return !at_end() && (arguments_[at_].starts_with("--") || arguments_[at_] == "-h");
}

bool ArgumentCursor::at_value() const { return !at_end() && !arguments_[at_].starts_with("--"); }

std::pair<std::string, std::optional<std::string>> ArgumentCursor::take_option() {
    const std::string_view argument = take();
    if (argument == "-h") return {"help", std::nullopt};
    const std::string_view option = argument.substr(2);
    const auto equals = option.find('=');
    if (equals == option.npos) return {std::string(option), std::nullopt};
    return {std::string(option.substr(0, equals)), std::string(option.substr(equals + 1))};
}

std::string ArgumentCursor::take_value(std::string_view flag, std::string_view hint) {
    if (!at_value()) throw ParameterError(fmt::format("{} requires a value ({})", flag, hint));
    return take();
}

std::string ArgumentCursor::take_value_of(const Option& option, std::optional<std::string> value) {
    if (option.placeholder.empty() && value) throw ParameterError(fmt::format("--{} takes no value", option.name));
    if (option.placeholder.empty()) return "";
    return value ? *std::move(value) : take_value(fmt::format("--{}", option.name), option.placeholder);
}

std::optional<std::string> ParsedOptions::option(std::string_view name) const {
    const auto found = options.find(name);
    return found == options.end() ? std::nullopt : std::optional(found->second);
}

Arguments parse_arguments(std::span<const Option> options, std::span<const std::string> arguments,
                          Repetition repetition) {
    Arguments result;
    for (ArgumentCursor cursor(arguments); !cursor.at_end();) {
        if (!cursor.at_option()) {
            result.operands.push_back(cursor.take());
            continue;
        }
        auto [name, value] = cursor.take_option();
        const std::string text = cursor.take_value_of(find_option(options, name), std::move(value));
        const bool is_first = result.options.insert_or_assign(name, text).second;
        if (!is_first && repetition == Repetition::rejected)
            throw ParameterError(fmt::format("--{} is given twice", name));
    }
    return result;
}

void check_operands(std::string_view usage, std::span<const std::string> operands) {
    std::size_t count = 0;
    for (const std::string& word : usage.empty() ? std::vector<std::string>{} : split(usage, ' ')) {
        const auto [name, is_optional, is_repeated] = parse_operand_usage(word);
        if (!is_optional && count == operands.size())
            throw ParameterError(fmt::format("{}{} is required", is_repeated ? "at least one " : "", name));
        if (is_repeated || count == operands.size()) return;
        ++count;
    }
    if (count < operands.size()) throw ParameterError(fmt::format("unexpected argument '{}'", operands[count]));
}

std::string help_row(std::string_view name, std::string_view meaning) {
    constexpr std::size_t column = 28;
    if (name.size() + 2 > column) return fmt::format("  {}\n  {:{}}{}\n", name, "", column, meaning);
    return fmt::format("  {:{}}{}\n", name, column, meaning);
}

std::string help_row(const Option& option) {
    return help_row(option.placeholder.empty() ? fmt::format("--{}", option.name)
                                               : fmt::format("--{} {}", option.name, option.placeholder),
                    option.help);
}

std::string help_on(std::span<const Option> options) {
    std::string text;
    for (const Option& option : options) text += help_row(option);
    return text;
}

}  // namespace freshet::cli

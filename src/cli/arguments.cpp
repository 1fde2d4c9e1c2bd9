// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.hpp"

#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace freshet::run {

namespace {

/// Walks along the arguments; each of its functions takes one kind of them.
class Parser {
public:
    Parser(const std::vector<std::string>& arguments, const Registry& registry,
           const std::vector<std::string>& program_commands)
        : arguments_(arguments), registry_(registry), program_commands_(program_commands) {}

    ParsedArguments parse() {
        take_command();
        while (at_ < arguments_.size()) {
            const std::string& argument = arguments_[at_++];
            if (argument == "-h")
                result_.options.emplace("help", "");
            else if (argument.starts_with("--"))
                take_flag(argument.substr(2));
            else
                take_operand(argument);
        }
        return std::move(result_);
    }

private:
    void take_command() {
        if (at_ == arguments_.size() || arguments_[at_].starts_with("-")) return;
        const std::string& name = arguments_[at_++];
        std::vector<std::string> names = program_commands_;
        for (const Command& command : all_commands()) {
            if (command.name == name) result_.command = &command;
            names.emplace_back(command.name);
        }
        if (result_.command) return;
        const bool is_family =
            std::ranges::any_of(registry_.types(), [&](const TaskType* t) { return t->family == name; });
        throw ParameterError(is_family ? fmt::format("there is no command '{0}'; did you mean 'run {0}'?", name)
                                       : fmt::format("there is no command '{}'{}", name, suggestion(name, names)));
    }

    void take_operand(const std::string& text) {
        const Operand expected = result_.command ? result_.command->operand : Operand::none;
        if (expected == Operand::none || !result_.operand.empty())
            throw ParameterError(fmt::format("'{}': nothing is expected here", text));
        result_.operand = text;
        const auto& types = registry_.types();
        const auto type = std::ranges::find(types, text, &TaskType::family);
        if (type != types.end())
            result_.type = *type;
        else if (expected == Operand::task)
            registry_.find(text);  // throws, with the nearest name
    }

    void take_flag(const std::string& text) {
        const auto equals = text.find('=');
        const std::string name = dashed(text.substr(0, equals));
        std::optional<std::string> value;
        if (equals != text.npos) value = text.substr(equals + 1);
        if (const Parameter* parameter = parameter_named(name))
            take_parameter(*parameter, std::move(value));
        else if (const Option* option = find_accepted_option(name))
            take_option(*option, std::move(value));
        else
            throw ParameterError(fmt::format("unknown option --{}{}", name, suggestion("--" + name, accepted_names())));
    }

    void take_parameter(const Parameter& parameter, std::optional<std::string> value) {
        const std::string flag = fmt::format("{} --{}", result_.type->family, dashed(parameter.name));
        if (!value && parameter.is_flag && !next_is_value()) value = "True";
        if (!value) value = next_value(flag, parameter.example);
        if (!result_.parameters.emplace(parameter.name, *value).second) throw ParameterError(flag + ": given twice");
    }

    void take_option(const Option& option, std::optional<std::string> value) {
        const std::string flag = fmt::format("--{}", option.name);
        if (option.placeholder.empty() && value) throw ParameterError(flag + ": takes no value");
        if (!option.placeholder.empty() && !value) value = next_value(flag, option.placeholder);
        if (!result_.options.emplace(option.name, value.value_or("")).second)
            throw ParameterError(flag + ": given twice");
    }

    bool next_is_value() const { return at_ < arguments_.size() && !arguments_[at_].starts_with("--"); }

    std::string next_value(const std::string& flag, std::string_view example) {
        if (!next_is_value()) throw ParameterError(fmt::format("{}: needs a value, like '{}'", flag, example));
        return arguments_[at_++];
    }

    const Parameter* parameter_named(std::string_view name) const {
        if (!result_.type) return nullptr;
        const auto found =
            std::ranges::find_if(result_.type->parameters, [&](const Parameter& p) { return dashed(p.name) == name; });
        return found == result_.type->parameters.end() ? nullptr : &*found;
    }

    const Option* find_accepted_option(std::string_view name) const {
        const auto options = all_options();
        const auto found = std::ranges::find(options, name, &Option::name);
        return found != options.end() && is_accepted(found->name) ? &*found : nullptr;
    }

    bool is_accepted(std::string_view option) const {
        return result_.command ? accepts(*result_.command, option) : option == "help" || option == "version";
    }

    std::vector<std::string> accepted_names() const {
        std::vector<std::string> names;
        if (result_.type)
            for (const Parameter& p : result_.type->parameters) names.push_back("--" + dashed(p.name));
        for (const Option& option : all_options())
            if (is_accepted(option.name)) names.push_back(fmt::format("--{}", option.name));
        return names;
    }

    const std::vector<std::string>& arguments_;
    const Registry& registry_;
    const std::vector<std::string>& program_commands_;
    std::size_t at_ = 0;
    ParsedArguments result_;
};

}  // namespace

std::optional<std::string> ParsedArguments::option(std::string_view name) const {
    const auto found = options.find(name);
    return found == options.end() ? std::nullopt : std::optional(found->second);
}

ParsedArguments parse_arguments(const std::vector<std::string>& arguments, const Registry& registry,
                                const std::vector<std::string>& program_commands) {
    return Parser(arguments, registry, program_commands).parse();
}

std::string dashed(std::string_view name) {
    std::string text(name);
    std::ranges::replace(text, '_', '-');
    return text;
}

}  // namespace freshet::run

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/parameters.hpp"

#include "base/files.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace freshet::cli {

namespace {

/// The key of a file that contains a secret, as containers get them.
std::string file_key(const Parameter& parameter) { return std::string(parameter.name) + "_file"; }

std::optional<ResolvedValue> read_secret_file(std::string_view section, const Parameter& parameter,
                                              const Config& config) {
    if (parameter.visibility != Visibility::secret) return std::nullopt;
    const auto file = config.find(section, file_key(parameter));
    if (!file) return std::nullopt;
    try {
        return ResolvedValue{&parameter, std::string(trimmed(read_file(file->text))),
                             fmt::format("file '{}' ({})", file->text, file->origin), section};
    } catch (const Error& error) {
        throw ConfigError(fmt::format("{}: {}", file->origin, error.what()));
    }
}

ResolvedValue resolve_value(const TaskType& type, const Parameter& parameter, const Values& command_line,
                            const Config& config) {
    if (const auto given = command_line.find(parameter.name); given != command_line.end())
        return {&parameter, given->second, std::string(command_line_origin)};
    for (const std::string_view section : {type.family, default_section}) {
        if (const auto entry = config.find(section, parameter.name))
            return {&parameter, entry->text, entry->origin, section};
        if (const auto secret = read_secret_file(section, parameter, config)) return *secret;
    }
    if (parameter.is_required) return {&parameter};
    return {&parameter, parameter.write(type.defaults()), "default"};
}

/// `reason` without the prefix "Family --name: ", which the origin replaces.
std::string_view without_prefix(std::string_view reason, std::string_view prefix) {
    return reason.starts_with(prefix) ? reason.substr(prefix.size()) : reason;
}

/// Rethrows an error of a parameter with the origin of its value, unless that is the command line.
[[noreturn]] void throw_with_origin(const TaskType& type, const std::vector<ResolvedValue>& values,
                                    const std::string& reason) {
    for (const ResolvedValue& value : values) {
        const std::string prefix = fmt::format("{} --{}: ", type.family, dashed(value.parameter->name));
        if (!reason.starts_with(prefix) || !value.text || value.origin == command_line_origin) continue;
        throw ConfigError(fmt::format("{}: [{}] {}: {}", value.origin, value.section, value.parameter->name,
                                      without_prefix(reason, prefix)));
    }
    throw ParameterError(reason);
}

std::vector<std::string> keys_of(const TaskType& type) {
    std::vector<std::string> keys;
    for (const Parameter& p : type.parameters) {
        keys.emplace_back(p.name);
        if (p.visibility == Visibility::secret) keys.push_back(file_key(p));
    }
    return keys;
}

std::vector<std::string> run_keys() {
    std::vector<std::string> keys;
    for (const Option& option : all_options())
        if (option.is_config_key) keys.emplace_back(option.name);
    return keys;
}

/// The name as Config compares it.
std::string normalized(std::string_view name) {
    std::string text = lower(name);
    std::ranges::replace_if(
        text, [](char c) { return c == '-' || c == '.'; }, '_');
    return text;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::any_of(names, [&](const std::string& known) { return normalized(known) == normalized(name); });
}

void check_keys(const Config& config, const std::string& section, const std::vector<std::string>& known) {
    for (const std::string& key : config.keys(section)) {
        if (contains(known, key)) continue;
        throw ConfigError(fmt::format("{}: unknown key '{}' in [{}]{}", config.find(section, key)->origin, key, section,
                                      suggestion(key, known)));
    }
}

}  // namespace

std::string ResolvedValue::display_text() const {
    if (!text) return "(required)";
    if (parameter->visibility == Visibility::secret && !text->empty()) return "***";
    return *text;
}

std::vector<ResolvedValue> resolve_values(const TaskType& type, const Values& command_line, const Config& config) {
    std::vector<ResolvedValue> values;
    for (const Parameter& p : type.parameters) values.push_back(resolve_value(type, p, command_line, config));
    return values;
}

std::vector<ResolvedValue> parameter_values(const TaskType& type, const CommandContext& context) {
    auto values =
        resolve_values(type, context.parsed.type == &type ? context.parsed.parameters : Values{}, context.config);
    if (!context.program.resolve_parameters) return values;
    Values texts;
    for (const ResolvedValue& value : values)
        if (value.text) texts.emplace(value.parameter->name, *value.text);
    context.program.resolve_parameters(type.family, texts, context.cli.clock);
    for (ResolvedValue& value : values) {
        const auto text = texts.find(value.parameter->name);
        if (text == texts.end() || value.text == text->second) continue;
        if (value.is_default() || !value.text) value.origin = context.program.name;
        value.text = text->second;
    }
    return values;
}

AnyTask make_task(const TaskType& type, const std::vector<ResolvedValue>& values) {
    Values given;
    for (const ResolvedValue& value : values)
        if (value.text && !value.is_default()) given.emplace(value.parameter->name, *value.text);
    try {
        return type.make(type, given);
    } catch (const ParameterError& error) {
        throw_with_origin(type, values, error.what());
    }
}

AnyTask named_task(const CommandContext& context) {
    const ParsedCommand& parsed = context.parsed;
    if (parsed.operand.empty())
        throw ParameterError(
            fmt::format("{}: a task is required; '{} help' lists them", parsed.command->name, context.program.name));
    const TaskType& type = parsed.type ? *parsed.type : context.registry.find(parsed.operand);
    return make_task(type, parameter_values(type, context));
}

void check_config_keys(const Config& config, const Registry& registry) {
    std::vector<std::string> sections{"run", "resources", std::string(default_section)};
    std::vector<std::string> keys_of_any;
    for (const TaskType* type : registry.types()) {
        sections.emplace_back(type->family);
        std::ranges::move(keys_of(*type), std::back_inserter(keys_of_any));
    }
    for (const std::string& section : config.sections()) {
        if (contains(sections, section)) continue;
        const std::string key = config.keys(section).front();
        const std::string origin = config.find(section, key)->origin;
        throw ConfigError(section.empty() ? fmt::format("{}: key '{}' is not in a section", origin, key)
                                          : fmt::format("{}: unknown section '{}'{}", origin, section,
                                                        suggestion(section, sections)));
    }
    check_keys(config, "run", run_keys());
    check_keys(config, std::string(default_section), keys_of_any);
    for (const TaskType* type : registry.types()) check_keys(config, std::string(type->family), keys_of(*type));
    for (const std::string& table : config.table_names())
        if (normalized(table) != "sink")
            throw ConfigError(fmt::format("{}: unknown table '[[{}]]'{}", config.tables(table).front().origin, table,
                                          suggestion(table, {"sink"})));
}

}  // namespace freshet::cli

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/values.hpp"

#include "base/files.hpp"
#include "base/text.hpp"
#include "run/configuration_error.hpp"
#include "run/options.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::run {

namespace {

constexpr std::string_view command_line_origin = "command line";

/// Secrets may lie in a file of their own, as containers are given them: the key with _file names it.
std::string file_key(const Parameter& parameter) { return std::string(parameter.name) + "_file"; }

std::optional<Value> secret_from_file(const TaskType& type, const Parameter& parameter, const Settings& settings) {
    if (parameter.visibility != Visibility::secret) return std::nullopt;
    const auto file = settings.find(type.family, file_key(parameter));
    if (!file) return std::nullopt;
    try {
        return Value{&parameter, std::string(trimmed(read_file(file->text))),
                     fmt::format("file '{}' ({})", file->text, file->origin)};
    } catch (const Error& error) {
        throw ConfigurationError(fmt::format("{}: {}", file->origin, error.what()));
    }
}

Value resolve(const TaskType& type, const Parameter& parameter, const Values& command_line, const Settings& settings) {
    if (const auto given = command_line.find(parameter.name); given != command_line.end())
        return {&parameter, given->second, std::string(command_line_origin)};
    if (const auto setting = settings.find(type.family, parameter.name))
        return {&parameter, setting->text, setting->origin};
    if (const auto secret = secret_from_file(type, parameter, settings)) return *secret;
    if (parameter.is_required) return {&parameter};
    return {&parameter, parameter.write(type.defaults()), "default"};
}

/// `reason` without "Family --name: ", which a place in a file says better.
std::string_view without_prefix(std::string_view reason, std::string_view prefix) {
    return reason.starts_with(prefix) ? reason.substr(prefix.size()) : reason;
}

/// Says the same with the place where the wrong value was given, when that is not the command line.
[[noreturn]] void throw_where_given(const TaskType& type, const std::vector<Value>& values, const std::string& reason) {
    for (const Value& value : values) {
        const std::string prefix = fmt::format("{} --{}: ", type.family, dashed(value.parameter->name));
        if (!reason.starts_with(prefix) || !value.text || value.origin == command_line_origin) continue;
        throw ConfigurationError(fmt::format("{}: [{}] {}: {}", value.origin, type.family, value.parameter->name,
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
        if (option.is_setting) keys.emplace_back(option.name);
    return keys;
}

/// As the settings compare names.
std::string comparable(std::string_view name) {
    std::string text = lower(name);
    std::ranges::replace_if(
        text, [](char c) { return c == '-' || c == '.'; }, '_');
    return text;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::any_of(names, [&](const std::string& known) { return comparable(known) == comparable(name); });
}

void check_keys(const Settings& settings, const std::string& section, const std::vector<std::string>& known) {
    for (const std::string& key : settings.keys(section)) {
        if (contains(known, key)) continue;
        throw ConfigurationError(fmt::format("{}: unknown key '{}' in [{}]{}", settings.find(section, key)->origin, key,
                                             section, suggestion(key, known)));
    }
}

}  // namespace

std::string Value::shown() const {
    if (!text) return "(must be given)";
    if (parameter->visibility == Visibility::secret && !text->empty()) return "***";
    return *text;
}

std::vector<Value> resolve(const TaskType& type, const Values& command_line, const Settings& settings) {
    std::vector<Value> values;
    for (const Parameter& p : type.parameters) values.push_back(resolve(type, p, command_line, settings));
    return values;
}

AnyTask make_task(const TaskType& type, const std::vector<Value>& values) {
    Values given;
    for (const Value& value : values)
        if (value.text && !value.is_default()) given.emplace(value.parameter->name, *value.text);
    try {
        return type.make(type, given);
    } catch (const ParameterError& error) {
        throw_where_given(type, values, error.what());
    }
}

void check_settings(const Settings& settings, const Registry& registry) {
    std::vector<std::string> sections{"run"};
    for (const TaskType* type : registry.types()) sections.emplace_back(type->family);
    for (const std::string& section : settings.sections()) {
        if (contains(sections, section)) continue;
        const std::string key = settings.keys(section).front();
        const std::string origin = settings.find(section, key)->origin;
        throw ConfigurationError(section.empty() ? fmt::format("{}: key '{}' stands in no section", origin, key)
                                                 : fmt::format("{}: unknown section '{}'{}", origin, section,
                                                               suggestion(section, sections)));
    }
    check_keys(settings, "run", run_keys());
    for (const TaskType* type : registry.types()) check_keys(settings, std::string(type->family), keys_of(*type));
    for (const std::string& table : settings.table_names())
        if (comparable(table) != "sink")
            throw ConfigurationError(fmt::format("{}: unknown table '[[{}]]'{}", settings.tables(table).front().origin,
                                                 table, suggestion(table, {"sink"})));
}

}  // namespace freshet::run

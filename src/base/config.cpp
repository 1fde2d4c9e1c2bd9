// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/config.hpp"

#include "base/files.hpp"
#include "base/toml.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <unistd.h>
#include <algorithm>

namespace freshet {

namespace {

using std::filesystem::path;

std::string normalized(std::string_view name) {
    std::string result = lower(name);
    std::replace_if(
        result.begin(), result.end(), [](char c) { return c == '-' || c == '.'; }, '_');
    return result;
}

/// The value of a variable; unset and empty are the same, as the XDG specification requires.
std::optional<std::string> variable(const Environment& environment, const std::string& name) {
    const auto found = environment.find(name);
    if (found == environment.end() || found->second.empty()) return std::nullopt;
    return found->second;
}

/// The default files in increasing precedence.
std::vector<path> default_files(const ConfigSources& sources) {
    if (sources.program.empty()) return {};
    std::vector<path> files{sources.system_folder / sources.program / "config.toml"};
    if (const auto config_home = variable(sources.environment, "XDG_CONFIG_HOME")) {
        files.push_back(path(*config_home) / sources.program / "config.toml");
    } else if (const auto home = variable(sources.environment, "HOME")) {
        files.push_back(path(*home) / ".config" / sources.program / "config.toml");
    }
    return files;
}

/// Rejects a file in which two names are equal after normalization.
void check_names(const TomlFile& file) {
    std::map<std::pair<std::string, std::string>, const TomlValue*> seen;
    for (const TomlValue& value : file.values) {
        const auto [other, is_new] = seen.try_emplace({normalized(value.section), normalized(value.key)}, &value);
        if (!is_new)
            throw ParameterError(
                fmt::format("{}: {}'{}' is the same as '{}' at {}: letters of either case are one "
                            "here, and so are '-', '.' and '_'",
                            value.origin, value.section.empty() ? "" : "[" + value.section + "] ", value.key,
                            other->second->key, other->second->origin));
    }
}

/// Replaces the variables in a text of a file.
std::string expand(std::string_view text, const Environment& environment, const std::string& origin) {
    constexpr std::string_view opening = "${";
    std::string result;
    for (auto at = text.find(opening); at != text.npos; at = text.find(opening)) {
        const auto end = text.find('}', at);
        if (end == text.npos) break;
        const bool is_literal = at > 0 && text[at - 1] == '$';
        result += text.substr(0, at);
        if (is_literal) {
            result += '{';
            text.remove_prefix(at + opening.size());
            continue;
        }
        const std::string name(text.substr(at + opening.size(), end - at - opening.size()));
        const auto found = environment.find(name);
        if (found == environment.end())
            throw ConfigError(fmt::format("{}: the environment has no variable '{}'", origin, name));
        result += found->second;
        text.remove_prefix(end + 1);
    }
    return result.append(text);
}

/// Replaces the variables in all texts of a table.
Json expand_all(const Json& value, const Environment& environment, const std::string& origin) {
    if (value.is_string()) return expand(value.as_string(), environment, origin);
    if (value.is_array()) {
        Json::Array items;
        for (const Json& item : value.as_array()) items.push_back(expand_all(item, environment, origin));
        return items;
    }
    if (!value.is_object()) return value;
    Json::Object members;
    for (const auto& [name, member] : value.as_object())
        members.emplace_back(name, expand_all(member, environment, origin));
    return members;
}

}  // namespace

Environment process_environment() {
    Environment environment;
    for (char** at = environ; at && *at; ++at) {
        const std::string_view text = *at;
        const auto equals = text.find('=');
        if (equals != text.npos) environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return environment;
}

Config Config::load(const ConfigSources& sources) {
    Config config;
    for (const auto& file : default_files(sources)) {
        if (exists_at(file)) config.add(read_toml(file));
    }
    if (sources.config_file) config.add(read_toml(*sources.config_file));
    config.add(sources.environment);
    config.environment_ = sources.environment;
    return config;
}

void Config::add(const TomlFile& file) {
    check_names(file);
    for (const auto& value : file.values) set({value.section, value.key, {value.text, value.origin}, true});
    for (const auto& [name, tables] : file.tables) tables_[normalized(name)] = {name, tables};
}

void Config::add(const Environment& environment) {
    constexpr std::string_view prefix = "FRESHET_";
    for (const auto& [name, value] : environment) {
        if (!name.starts_with(prefix)) continue;
        const auto separator = name.find("__", prefix.size());
        if (separator == name.npos) continue;  // FRESHET_DATA and the like are no keys
        const auto section = name.substr(prefix.size(), separator - prefix.size());
        set({section, name.substr(separator + 2), {value, "environment " + name}});
    }
}

void Config::set(Entry entry) {
    const auto [at, is_new] = entries_.try_emplace({normalized(entry.section), normalized(entry.key)}, entry);
    if (is_new) return;
    at->second.value = std::move(entry.value);
    at->second.is_of_file = entry.is_of_file;
}

const Config::Entry* Config::find_entry(std::string_view section, std::string_view key) const {
    const auto found = entries_.find({normalized(section), normalized(key)});
    return found == entries_.end() ? nullptr : &found->second;
}

std::optional<ConfigValue> Config::find(std::string_view section, std::string_view key) const {
    const Entry* entry = find_entry(section, key);
    if (!entry) return std::nullopt;
    ConfigValue value = entry->value;
    if (entry->is_of_file) value.text = expand(value.text, environment_, value.origin);
    return value;
}

std::string Config::origin(std::string_view section, std::string_view key) const {
    const Entry* entry = find_entry(section, key);
    return entry ? entry->value.origin : std::string();
}

std::vector<std::string> Config::sections() const {
    std::vector<std::string> names;
    const std::string* last = nullptr;  // entries of one section follow each other
    for (const auto& [name, entry] : entries_) {
        if (!last || *last != name.first) names.push_back(entry.section);
        last = &name.first;
    }
    return names;
}

std::vector<std::string> Config::keys(std::string_view section) const {
    std::vector<std::string> names;
    const auto wanted = normalized(section);
    for (auto at = entries_.lower_bound({wanted, ""}); at != entries_.end() && at->first.first == wanted; ++at) {
        names.push_back(at->second.key);
    }
    return names;
}

std::vector<ConfigTable> Config::tables(std::string_view name) const {
    const auto found = tables_.find(normalized(name));
    if (found == tables_.end()) return {};
    std::vector<ConfigTable> tables;
    for (const ConfigTable& table : found->second.tables)
        tables.push_back({expand_all(table.values, environment_, table.origin), table.origin});
    return tables;
}

std::vector<std::string> Config::table_names() const {
    std::vector<std::string> names;
    for (const auto& [name, named] : tables_) names.push_back(named.name);
    return names;
}

}  // namespace freshet

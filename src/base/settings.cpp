// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/settings.hpp"

#include "base/files.hpp"
#include "base/text.hpp"
#include "base/toml.hpp"
#include "freshet/error.hpp"

#include <fmt/format.h>

#include <unistd.h>
#include <algorithm>

namespace freshet {

namespace {

using std::filesystem::path;

std::string comparable(std::string_view name) {
    std::string result = lower(name);
    std::replace_if(
        result.begin(), result.end(), [](char c) { return c == '-' || c == '.'; }, '_');
    return result;
}

/// A variable's value; unset and empty are the same, as the XDG specification wants it.
std::optional<std::string> variable(const Environment& environment, const std::string& name) {
    const auto found = environment.find(name);
    if (found == environment.end() || found->second.empty()) return std::nullopt;
    return found->second;
}

/// Weakest first.
std::vector<path> default_files(const SettingsSources& sources) {
    std::vector<path> files{sources.system_folder / sources.program / "config.toml"};
    if (const auto config_home = variable(sources.environment, "XDG_CONFIG_HOME")) {
        files.push_back(path(*config_home) / sources.program / "config.toml");
    } else if (const auto home = variable(sources.environment, "HOME")) {
        files.push_back(path(*home) / ".config" / sources.program / "config.toml");
    }
    return files;
}

/// Neither of two names that are one can be meant to give way to the other where both stand in one file.
void check_names(const TomlFile& file) {
    std::map<std::pair<std::string, std::string>, const TomlValue*> seen;
    for (const TomlValue& value : file.values) {
        const auto [other, is_new] = seen.try_emplace({comparable(value.section), comparable(value.key)}, &value);
        if (!is_new)
            throw ParameterError(fmt::format("{}: {}'{}' is the same as '{}' at {}: letters of either case are one "
                                             "here, and so are '-', '.' and '_'",
                                             value.origin, value.section.empty() ? "" : "[" + value.section + "] ",
                                             value.key, other->second->key, other->second->origin));
    }
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

Settings Settings::load(const SettingsSources& sources) {
    Settings settings;
    for (const auto& file : default_files(sources)) {
        if (exists_at(file)) settings.add(read_toml(file));
    }
    if (sources.config_file) settings.add(read_toml(*sources.config_file));
    settings.add(sources.environment);
    return settings;
}

void Settings::add(const TomlFile& file) {
    check_names(file);
    for (const auto& value : file.values) set(value.section, value.key, {value.text, value.origin});
    for (const auto& [name, tables] : file.tables) tables_[comparable(name)] = {name, tables};
}

void Settings::add(const Environment& environment) {
    constexpr std::string_view prefix = "FRESHET_";
    for (const auto& [name, value] : environment) {
        if (!name.starts_with(prefix)) continue;
        const auto separator = name.find("__", prefix.size());
        if (separator == name.npos) continue;  // FRESHET_DATA and the like are no settings
        const auto section = name.substr(prefix.size(), separator - prefix.size());
        set(section, name.substr(separator + 2), {value, "environment " + name});
    }
}

void Settings::set(const std::string& section, const std::string& key, Setting setting) {
    const auto [at, is_new] = entries_.try_emplace({comparable(section), comparable(key)});
    if (is_new) at->second = {.section = section, .key = key, .setting = {}};
    at->second.setting = std::move(setting);
}

std::optional<Setting> Settings::find(std::string_view section, std::string_view key) const {
    const auto found = entries_.find({comparable(section), comparable(key)});
    return found == entries_.end() ? std::nullopt : std::optional(found->second.setting);
}

std::vector<std::string> Settings::sections() const {
    std::vector<std::string> names;
    const std::string* last = nullptr;  // entries of one section follow each other
    for (const auto& [name, entry] : entries_) {
        if (!last || *last != name.first) names.push_back(entry.section);
        last = &name.first;
    }
    return names;
}

std::vector<std::string> Settings::keys(std::string_view section) const {
    std::vector<std::string> names;
    const auto wanted = comparable(section);
    for (auto at = entries_.lower_bound({wanted, ""}); at != entries_.end() && at->first.first == wanted; ++at) {
        names.push_back(at->second.key);
    }
    return names;
}

std::vector<SettingsTable> Settings::tables(std::string_view name) const {
    const auto found = tables_.find(comparable(name));
    return found == tables_.end() ? std::vector<SettingsTable>{} : found->second.tables;
}

std::vector<std::string> Settings::table_names() const {
    std::vector<std::string> names;
    for (const auto& [name, named] : tables_) names.push_back(named.name);
    return names;
}

}  // namespace freshet

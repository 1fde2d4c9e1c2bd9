// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/given_values.hpp"

#include "base/config_section.hpp"
#include "cli/configuration_error.hpp"
#include "daemon/daemon_config.hpp"
#include "daemon/daemon_options.hpp"
#include "daemon/luigi_config.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace freshet::daemon {

namespace {

std::vector<ConfigEntry> values_of(const Config& config) {
    std::vector<ConfigEntry> values;
    for (const std::string& section : config.sections())
        for (const std::string& key : config.keys(section)) {
            const auto setting = config.find(section, key);
            values.push_back({.section = section, .key = key, .text = setting->text, .origin = setting->origin});
        }
    return values;
}

std::vector<ConfigEntry> values_of(const Arguments& arguments) {
    std::vector<ConfigEntry> values;
    const auto add = [&](std::string_view section, std::string_view key, const std::string& text) {
        values.push_back({.section = std::string(section),
                          .key = normalized_key(key),
                          .text = text,
                          .origin = std::string(command_line_origin)});
    };
    for (const Option& option : daemon_options())
        if (const auto text = arguments.option(option.name); text && option.is_config_key)
            add("server", option.name, option.placeholder.empty() ? "True" : *text);
    if (const auto text = arguments.option("state-path")) add("scheduler", "state_path", *text);
    return values;
}

/// Of several values of one key the last one, sorted. Resources are called what they are called.
std::vector<ConfigEntry> highest_precedence(std::vector<ConfigEntry> values) {
    std::map<std::pair<std::string, std::string>, ConfigEntry> by_name;
    for (ConfigEntry& value : values) {
        const std::string section = normalized_key(value.section);
        const std::string key = section == "resources" ? value.key : normalized_key(value.key);
        by_name[{section, key}] = std::move(value);
    }
    std::vector<ConfigEntry> result;
    for (auto& [name, value] : by_name) result.push_back(std::move(value));
    return result;
}

LuigiConfig load_luigi_config(const Arguments& arguments, const Environment& environment) {
    const auto file = arguments.option("luigi-config");
    if (!file) return {};
    try {
        return read_luigi_config(*file, environment);
    } catch (const Error& error) {
        throw run::ConfigError(fmt::format("read --luigi-config: {}", error.what()));
    }
}

Config load_toml_config(const Arguments& arguments, const DaemonConfigSources& sources) {
    ConfigSources config_sources{.program = "freshetd",
                                 .config_file = {},
                                 .environment = sources.environment,
                                 .system_folder = sources.system_folder};
    if (const auto file = arguments.option("config")) config_sources.config_file = *file;
    try {
        return Config::load(config_sources);
    } catch (const Error& error) {
        throw run::ConfigError(error.what());
    }
}

}  // namespace

ConfigEntries read_config_entries(const Arguments& arguments, const DaemonConfigSources& sources) {
    Config config = load_toml_config(arguments, sources);
    LuigiConfig luigi = load_luigi_config(arguments, sources.environment);
    std::vector<ConfigEntry> values = std::move(luigi.values);
    std::ranges::move(values_of(config), std::back_inserter(values));
    std::ranges::move(values_of(arguments), std::back_inserter(values));
    return {highest_precedence(std::move(values)), std::move(luigi.notices), std::move(config)};
}

}  // namespace freshet::daemon

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "app/given_values.hpp"

#include "app/configuration.hpp"
#include "app/daemon_options.hpp"
#include "app/luigi_config.hpp"
#include "base/text.hpp"
#include "freshet/error.hpp"
#include "run/configuration_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace freshet::app {

namespace {

std::vector<GivenValue> values_of(const Settings& settings) {
    std::vector<GivenValue> values;
    for (const std::string& section : settings.sections())
        for (const std::string& key : settings.keys(section)) {
            const auto setting = settings.find(section, key);
            values.push_back({.section = section, .key = key, .text = setting->text, .origin = setting->origin});
        }
    return values;
}

std::vector<GivenValue> values_of(const Arguments& arguments) {
    std::vector<GivenValue> values;
    const auto give = [&](std::string_view section, std::string_view key, const std::string& text) {
        values.push_back({.section = std::string(section),
                          .key = comparable(key),
                          .text = text,
                          .origin = std::string(command_line)});
    };
    for (const Option& option : daemon_options())
        if (const auto text = arguments.option(option.name); text && option.is_setting)
            give("server", option.name, option.placeholder.empty() ? "True" : *text);
    if (const auto text = arguments.option("state-path")) give("scheduler", "state_path", *text);
    return values;
}

/// Of several values of one key the last one, sorted. Resources are called what they are called.
std::vector<GivenValue> strongest(std::vector<GivenValue> values) {
    std::map<std::pair<std::string, std::string>, GivenValue> by_name;
    for (GivenValue& value : values) {
        const std::string section = comparable(value.section);
        const std::string key = section == "resources" ? value.key : comparable(value.key);
        by_name[{section, key}] = std::move(value);
    }
    std::vector<GivenValue> result;
    for (auto& [name, value] : by_name) result.push_back(std::move(value));
    return result;
}

LuigiConfig luigi_config_of(const Arguments& arguments, const Environment& environment) {
    const auto file = arguments.option("luigi-config");
    if (!file) return {};
    try {
        return read_luigi_config(*file, environment);
    } catch (const Error& error) {
        throw run::ConfigurationError(fmt::format("read --luigi-config: {}", error.what()));
    }
}

Settings settings_of(const Arguments& arguments, const ConfigurationSources& sources) {
    SettingsSources places{.program = "freshetd",
                           .config_file = {},
                           .environment = sources.environment,
                           .system_folder = sources.system_folder};
    if (const auto file = arguments.option("config")) places.config_file = *file;
    try {
        return Settings::load(places);
    } catch (const Error& error) {
        throw run::ConfigurationError(error.what());
    }
}

}  // namespace

std::string comparable(std::string_view name) {
    std::string text = lower(name);
    std::ranges::replace(text, '-', '_');
    return text;
}

GivenValues read_given_values(const Arguments& arguments, const ConfigurationSources& sources) {
    Settings settings = settings_of(arguments, sources);
    LuigiConfig luigi = luigi_config_of(arguments, sources.environment);
    std::vector<GivenValue> values = std::move(luigi.values);
    std::ranges::move(values_of(settings), std::back_inserter(values));
    std::ranges::move(values_of(arguments), std::back_inserter(values));
    return {strongest(std::move(values)), std::move(luigi.notices), std::move(settings)};
}

}  // namespace freshet::app

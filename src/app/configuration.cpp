// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "app/configuration.hpp"

#include "app/cors_keys.hpp"
#include "app/daemon_options.hpp"
#include "app/listening.hpp"
#include "app/luigi_config.hpp"
#include "app/places.hpp"
#include "base/text.hpp"
#include "freshet/codec.hpp"
#include "run/configuration_error.hpp"
#include "run/sinks.hpp"
#include "scheduler/config_keys.hpp"

#ifdef FRESHET_WITH_KAFKA
#include "freshet/kafka.hpp"
#endif

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace freshet::app {

namespace {

constexpr std::string_view command_line = "command line";

std::string comparable(std::string_view key) {
    std::string name = lower(key);
    std::ranges::replace(name, '-', '_');
    return name;
}

/// "4" is held by the tasks that run, "120/minute" is handed out.
void set_resource(scheduler::Config& config, const GivenValue& value) {
    constexpr std::string_view per_minute = "/minute";
    const bool is_rate = value.text.ends_with(per_minute);
    try {
        const auto limit = Codec<std::int64_t>::read(
            std::string_view(value.text).substr(0, value.text.size() - (is_rate ? per_minute.size() : 0)));
        if (limit < 0) throw ParameterError(fmt::format("'{}' is below 0", value.text));
        config.resources[value.key] = limit;
        if (is_rate)
            config.rates.insert(value.key);
        else
            config.rates.erase(value.key);
    } catch (const ParameterError& error) {
        throw ParameterError(fmt::format("[resources] {}: {}", value.key, error.what()));
    }
}

void set_state_path(Configuration& configuration, const std::string& text) {
    if (text.empty()) throw ParameterError("[scheduler] state_path: '' is no file");
    configuration.state_path = text;
}

struct Section {
    std::string_view name;
    void (*set)(Configuration& configuration, const GivenValue& value);
};

constexpr Section sections[] = {
    {"scheduler",
     [](Configuration& configuration, const GivenValue& value) {
         if (comparable(value.key) == "state_path") return set_state_path(configuration, value.text);
         scheduler::set_key(configuration.scheduler, value.key, value.text);
     }},
    {"resources",
     [](Configuration& configuration, const GivenValue& value) { set_resource(configuration.scheduler, value); }},
    {"cors", [](Configuration& configuration,
                const GivenValue& value) { set_cors_key(configuration.cors, value.key, value.text); }},
    {"server", [](Configuration& configuration,
                  const GivenValue& value) { set_server_key(configuration.server, value.key, value.text); }},
};

const Section& section_of(const GivenValue& value) {
    const auto found = std::ranges::find(sections, comparable(value.section), &Section::name);
    if (found != std::end(sections)) return *found;
    if (value.section.empty()) throw ParameterError(fmt::format("key '{}' stands in no section", value.key));
    std::vector<std::string> names;
    for (const Section& section : sections) names.emplace_back(section.name);
    throw ParameterError(fmt::format("unknown section '{}'{}", value.section, suggestion(value.section, names)));
}

void set(Configuration& configuration, const GivenValue& value) {
    try {
        section_of(value).set(configuration, value);
    } catch (const ParameterError& error) {
        if (value.origin == command_line) throw;
        throw run::ConfigurationError(fmt::format("{}: {}", value.origin, error.what()));
    }
}

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

/// Tables beside those that we know are as wrong as unknown keys.
void check_tables(const Settings& settings) {
    for (const std::string& name : settings.table_names())
        if (comparable(name) != "sink")
            throw run::ConfigurationError(fmt::format("{}: unknown table '[[{}]]'{}",
                                                      settings.tables(name).front().origin, name,
                                                      suggestion(name, {"sink"})));
}

std::vector<SinkType> further_sinks() {
#ifdef FRESHET_WITH_KAFKA
    return {kafka_sink_type()};
#else
    return {};
#endif
}

/// What Daemon::reload() puts in force.
bool is_reloaded(const GivenValue& value) {
    constexpr std::string_view keys[] = {"token_file", "hosts", "allow_changes_by_get"};
    const std::string section = comparable(value.section);
    if (section == "server") return std::ranges::find(keys, comparable(value.key)) != std::end(keys);
    return section == "resources" || section == "cors";
}

LuigiConfig luigi_config_of(const Arguments& arguments) {
    const auto file = arguments.option("luigi-config");
    if (!file) return {};
    try {
        return read_luigi_config(*file);
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

Configuration load_configuration(const Arguments& arguments, const ConfigurationSources& sources) {
    const Settings settings = settings_of(arguments, sources);
    LuigiConfig luigi = luigi_config_of(arguments);
    std::vector<GivenValue> values = std::move(luigi.values);
    std::ranges::move(values_of(settings), std::back_inserter(values));
    std::ranges::move(values_of(arguments), std::back_inserter(values));

    Configuration configuration{.notices = std::move(luigi.notices)};
    configuration.given = strongest(std::move(values));
    for (const GivenValue& value : configuration.given) set(configuration, value);
    check_tables(settings);
    configuration.sinks = run::configured_sinks(settings, further_sinks());
    if (configuration.state_path.empty())
        configuration.state_path = default_state(sources.environment, sources.is_root);
    configuration.test_instances = arguments.has("test-instances");
    if (arguments.has("background") && !configuration.server.logdir)
        configuration.server.logdir = default_logdir(sources.environment, sources.is_root);
    return configuration;
}

std::string checked_address(const Configuration& configuration) {
    const std::string address = configuration.server.unix_socket ? "" : numeric_address(configuration.server.address);
    check_exposure(configuration.server, address);
    if (configuration.test_instances) check_test_instances(address);
    return address;
}

std::vector<std::string> needs_restart(const Configuration& before, const Configuration& after) {
    using Values = std::map<std::string, std::string>;
    const auto values_of = [](const Configuration& configuration) {
        Values values;
        for (const GivenValue& value : configuration.given)
            if (!is_reloaded(value))
                values[fmt::format("[{}] {}", comparable(value.section), comparable(value.key))] = value.text;
        for (const auto& sink : configuration.sinks) values["[[sink]] " + sink->name()];
        return values;
    };
    Values one = values_of(before), other = values_of(after);
    std::vector<std::string> names;
    for (const auto& [name, text] : one)
        if (!other.contains(name) || other[name] != text) names.push_back(name);
    for (const auto& [name, text] : other)
        if (!one.contains(name)) names.push_back(name);
    return names;
}

std::string shown(const Configuration& configuration) {
    std::string text, section;
    for (const GivenValue& value : configuration.given) {
        if (value.section != section) text += fmt::format("[{}]\n", value.section);
        section = value.section;
        text += fmt::format("  {} = {}  ({})\n", value.key, value.text, value.origin);
    }
    for (const auto& sink : configuration.sinks) text += fmt::format("[[sink]]\n  {}\n", sink->name());
    text += fmt::format("state: {}\n", configuration.state_path.string());
    for (const std::string& notice : configuration.notices) text += fmt::format("{}\n", notice);
    return text;
}

}  // namespace freshet::app

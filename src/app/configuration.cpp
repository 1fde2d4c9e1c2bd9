// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "app/configuration.hpp"

#include "app/configuration_keys.hpp"
#include "app/given_values.hpp"
#include "app/listening.hpp"
#include "app/places.hpp"
#include "base/text.hpp"
#include "run/configuration_error.hpp"
#include "run/sinks.hpp"

#ifdef FRESHET_WITH_KAFKA
#include "freshet/kafka.hpp"
#endif

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace freshet::app {

namespace {

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

}  // namespace

Configuration load_configuration(const Arguments& arguments, const ConfigurationSources& sources) {
    GivenValues given = read_given_values(arguments, sources);
    Configuration configuration{.notices = std::move(given.notices)};
    configuration.given = std::move(given.values);
    for (const GivenValue& value : configuration.given) set(configuration, value);
    check_tables(given.settings);
    configuration.sinks = run::configured_sinks(given.settings, further_sinks());
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

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/daemon_config.hpp"

#include "base/config_section.hpp"
#include "cli/configuration_error.hpp"
#include "daemon/config_keys.hpp"
#include "daemon/given_values.hpp"
#include "daemon/listen_address.hpp"
#include "daemon/places.hpp"
#include "freshet/text.hpp"
#include "run/sinks.hpp"

#ifdef FRESHET_WITH_KAFKA
#include "freshet/kafka.hpp"
#endif

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace freshet::daemon {

namespace {

/// Tables beside those that we know are as wrong as unknown keys.
void check_tables(const Config& config) {
    for (const std::string& name : config.table_names())
        if (normalized_key(name) != "sink")
            throw run::ConfigError(fmt::format("{}: unknown table '[[{}]]'{}", config.tables(name).front().origin, name,
                                               suggestion(name, {"sink"})));
}

std::vector<SinkType> extra_sink_types() {
#ifdef FRESHET_WITH_KAFKA
    return {kafka_sink_type()};
#else
    return {};
#endif
}

/// What Daemon::reload() puts in force.
bool is_reloaded(const ConfigEntry& value) {
    constexpr std::string_view keys[] = {"token_file", "hosts", "allow_changes_by_get"};
    const std::string section = normalized_key(value.section);
    if (section == "server") return std::ranges::find(keys, normalized_key(value.key)) != std::end(keys);
    return section == "resources" || section == "cors";
}

}  // namespace

DaemonConfig load_daemon_config(const Arguments& arguments, const DaemonConfigSources& sources) {
    ConfigEntries loaded = read_config_entries(arguments, sources);
    DaemonConfig config{.notices = std::move(loaded.notices)};
    config.entries = std::move(loaded.entries);
    for (const ConfigEntry& value : config.entries) set_config_entry(config, value);
    check_tables(loaded.config);
    config.sinks = run::configured_sinks(loaded.config, extra_sink_types());
    if (config.state_path.empty()) config.state_path = default_state(sources.environment, sources.is_root);
    config.test_instances = arguments.has("test-instances");
    if (arguments.has("background") && !config.server.logdir)
        config.server.logdir = default_logdir(sources.environment, sources.is_root);
    return config;
}

std::string checked_listen_address(const DaemonConfig& config) {
    const std::string address = config.server.unix_socket ? "" : numeric_address(config.server.address);
    check_exposure(config.server, address);
    if (config.test_instances) check_test_instances(address);
    return address;
}

std::vector<std::string> needs_restart(const DaemonConfig& before, const DaemonConfig& after) {
    using Values = std::map<std::string, std::string>;
    const auto values_of = [](const DaemonConfig& config) {
        Values values;
        for (const ConfigEntry& value : config.entries)
            if (!is_reloaded(value))
                values[fmt::format("[{}] {}", normalized_key(value.section), normalized_key(value.key))] = value.text;
        for (const auto& sink : config.sinks) values["[[sink]] " + sink->name()];
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

std::string format_config(const DaemonConfig& config) {
    std::string text, section;
    for (const ConfigEntry& value : config.entries) {
        if (value.section != section) text += fmt::format("[{}]\n", value.section);
        section = value.section;
        text += fmt::format("  {} = {}  ({})\n", value.key, value.text, value.origin);
    }
    for (const auto& sink : config.sinks) text += fmt::format("[[sink]]\n  {}\n", sink->name());
    text += fmt::format("state: {}\n", config.state_path.string());
    for (const std::string& notice : config.notices) text += fmt::format("{}\n", notice);
    return text;
}

}  // namespace freshet::daemon

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/daemon_config.hpp"

#include "base/config.hpp"
#include "base/config_section.hpp"
#include "cli/state_reader.hpp"
#include "daemon/access_config.hpp"
#include "daemon/config_keys.hpp"
#include "event/sink_config.hpp"
#include "run/event_delivery.hpp"
#include "store/outbox.hpp"

#ifdef FRESHET_WITH_KAFKA
#include "freshet/kafka.hpp"
#endif

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

namespace freshet::daemon {

namespace {

std::vector<SinkType> extra_sink_types() {
#ifdef FRESHET_WITH_KAFKA
    return {kafka_sink_type()};
#else
    return {};
#endif
}

/// True when Daemon::reload() applies the entry.
bool is_reloaded(const ConfigEntry& entry) {
    constexpr std::string_view keys[] = {"token_file", "hosts", "allow_changes_by_get"};
    const std::string section = normalized_key(entry.section);
    if (section == "server") return std::ranges::find(keys, normalized_key(entry.key)) != std::end(keys);
    return section == "resources" || section == "cors";
}

bool is_of_rule(const Sink& sink) { return sink.name().starts_with(store::Outbox::notification_sink_prefix); }

/// Returns the first folder that systemd created for the service.
std::optional<std::filesystem::path> systemd_directory(const Environment& environment, const std::string& variable) {
    const auto found = environment.find(variable);
    if (found == environment.end() || found->second.empty()) return std::nullopt;
    return found->second.substr(0, found->second.find(':'));
}

}  // namespace

DaemonConfig load_daemon_config(const cli::Arguments& arguments, const DaemonConfigSources& sources) {
    ConfigEntries loaded = read_config_entries(arguments, sources);
    DaemonConfig config{.notices = std::move(loaded.notices)};
    config.entries = std::move(loaded.entries);
    for (const ConfigEntry& entry : config.entries) set_config_entry(config, entry);
    run::check_tables(loaded.config);
    config.rules = notify::read_rules(loaded.config, config.email);
    for (const ConfigTable& sink : loaded.config.tables("sink")) config.tables.push_back({"sink", sink});
    for (ConfigTable& rule : notify::shown_tables(loaded.config, config.rules))
        config.tables.push_back({"notification", std::move(rule)});
    config.sinks = run::configured_sinks(loaded.config, extra_sink_types(), config.rules);
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
        for (const ConfigEntry& entry : config.entries)
            if (!is_reloaded(entry))
                values[fmt::format("[{}] {}", normalized_key(entry.section), normalized_key(entry.key))] = entry.text;
        for (const auto& sink : config.sinks)
            if (!is_of_rule(*sink)) values["[[sink]] " + sink->name()];
        for (const auto& rule : config.rules) values["[[notification]] " + rule.name] = rule.table;
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
    for (const ConfigEntry& entry : config.entries) {
        if (entry.section != section) text += fmt::format("[{}]\n", entry.section);
        section = entry.section;
        const bool is_secret = normalized_key(entry.key) == "password";
        text += fmt::format("  {} = {}  ({})\n", entry.key, is_secret ? "(hidden)" : entry.text, entry.origin);
    }
    for (const auto& [name, table] : config.tables) {
        text += fmt::format("[[{}]]  ({})\n", name, table.origin);
        text += event::shown_table(table.values);
    }
    text += fmt::format("state: {}\n", config.state_path.string());
    for (const std::string& notice : config.notices) text += fmt::format("{}\n", notice);
    return text;
}

std::filesystem::path default_state(const Environment& environment, bool is_root) {
    constexpr const char* name = "freshetd.sqlite";
    if (const auto folder = systemd_directory(environment, "STATE_DIRECTORY")) return *folder / name;
    if (is_root) return std::filesystem::path("/var/lib/freshet") / name;
    return cli::xdg_state_path(environment, name, "--state-path FILE");
}

std::filesystem::path default_logdir(const Environment& environment, bool is_root) {
    if (const auto folder = systemd_directory(environment, "LOGS_DIRECTORY")) return *folder;
    if (is_root) return "/var/log/freshet";
    return cli::xdg_state_path(environment, "log", "--logdir FOLDER");
}

}  // namespace freshet::daemon

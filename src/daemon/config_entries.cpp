// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/config_entries.hpp"

#include "base/config.hpp"
#include "base/config_section.hpp"
#include "daemon/luigi_config.hpp"
#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace freshet::daemon {

namespace {

constexpr cli::Option known_options[] = {
    {"address", "ADDRESS", "listen address (default: 127.0.0.1); any but loopback needs --token-file", true},
    {"port", "PORT", "listen port (default: 8082; 0: any free port)", true},
    {"unix-socket", "PATH", "listen on this socket instead, for this user only", true},
    {"state-path", "FILE", "SQLite state file (not luigid's pickle)"},
    {"background", "", "detach from the terminal once ready and log to --logdir"},
    {"path-prefix", "/PREFIX", "path prefix added by a reverse proxy; unprefixed paths also work", true},
    {"public-url", "URL", "address at which people reach the pages, for notifications (default: where it listens)",
     true},
    {"visualiser-dir", "FOLDER", "serve Luigi's own page, too: the folder luigi/static/visualiser", true},
    {"pidfile", "FILE", "write the process id to this file", true},
    {"logdir", "FOLDER", "write freshetd.log and audit.log here instead of logging to standard error", true},
    {"config", "FILE", "TOML configuration, read after the usual ones"},
    {"luigi-config", "FILE", "read [scheduler], [resources], [cors], [email] and [smtp] of a luigi.cfg"},
    {"token-file", "FILE", "require tokens; lines NAME ROLE TOKEN, as created by `freshet token`", true},
    {"allow-unauthenticated", "", "disable authentication: any client may make changes", true},
    {"hosts", "NAME,...", "names by which clients call this machine, besides localhost", true},
    {"allow-changes-by-get", "", "accept changes by GET, for clients of Luigi before 2.8.8", true},
    {"log-format", "plain|json", "log lines for people, or one JSON object per line (default: plain)", true},
    {"history-days", "DAYS", "retention of the task history (default: 90)", true},
    {"test-instances", "", "let test suites create in-memory schedulers; on loopback only"},
    {"check-config", "", "show every setting and its origin, then exit"},
    {"help", "", "show this help"},
    {"version", "", "show the version"},
};

constexpr std::string_view after_options = R"(
configuration, in ascending precedence: --luigi-config, /etc/freshetd/config.toml,
$XDG_CONFIG_HOME/freshetd/config.toml, --config, environment variables
(FRESHET_SCHEDULER__RETRY_DELAY=60), these options.
  [scheduler]  Luigi's keys and defaults: retry_delay, disable_window, ...; state_path
  [resources]  name = limit of running tasks, or "120/minute" for a rate limit
  [server]     the options above, with '_' for '-'
  [cors]       Luigi's keys
  [[sink]]     where to send completion events: type = "file", "webhook" or "kafka"
  [[notification]]  whom to tell of problems: type = "email", "webhook" or "command"
  [email], [smtp]   Luigi's keys for mails; password_file, ca_file
An unknown key is an error.

The default state file is $STATE_DIRECTORY/freshetd.sqlite, /var/lib/freshet/freshetd.sqlite
for root, else $XDG_STATE_HOME/freshet/freshetd.sqlite.

signals:
  TERM, INT, QUIT  stop accepting requests, answer pending ones and exit; again: exit at once
  HUP              reload [resources] and the tokens, and reopen the log files

exit status:
  0   stopped by a signal
  10  another freshetd runs on this state
  64  invalid command line
  69  cannot listen, or the state can no longer be written
  78  invalid configuration, or the state file is not one of Freshet's
)";

std::vector<ConfigEntry> entries_of(const Config& config) {
    std::vector<ConfigEntry> entries;
    for (const std::string& section : config.sections())
        for (const std::string& key : config.keys(section)) {
            const auto setting = config.find(section, key);
            entries.push_back({.section = section, .key = key, .text = setting->text, .origin = setting->origin});
        }
    return entries;
}

std::vector<ConfigEntry> entries_of(const cli::Arguments& arguments) {
    std::vector<ConfigEntry> entries;
    const auto add = [&](std::string_view section, std::string_view key, const std::string& text) {
        entries.push_back({.section = std::string(section),
                           .key = normalized_key(key),
                           .text = text,
                           .origin = std::string(command_line_origin)});
    };
    for (const cli::Option& option : daemon_options())
        if (const auto text = arguments.option(option.name); text && option.is_config_key)
            add("server", option.name, option.placeholder.empty() ? "True" : *text);
    if (const auto text = arguments.option("state-path")) add("scheduler", "state_path", *text);
    return entries;
}

/// Returns the last entry of each key, sorted. Names of resources are compared as written.
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

LuigiConfig load_luigi_config(const cli::Arguments& arguments, const Environment& environment) {
    const auto file = arguments.option("luigi-config");
    if (!file) return {};
    try {
        return read_luigi_config(*file, environment);
    } catch (const Error& error) {
        throw ConfigError(fmt::format("read --luigi-config: {}", error.what()));
    }
}

Config load_toml_config(const cli::Arguments& arguments, const DaemonConfigSources& sources) {
    ConfigSources config_sources{.program = "freshetd",
                                 .config_file = {},
                                 .environment = sources.environment,
                                 .system_folder = sources.system_folder};
    if (const auto file = arguments.option("config")) config_sources.config_file = *file;
    try {
        return Config::load(config_sources);
    } catch (const Error& error) {
        throw ConfigError(error.what());
    }
}

}  // namespace

std::span<const cli::Option> daemon_options() { return known_options; }

cli::Arguments parse_daemon_arguments(const std::vector<std::string>& arguments) {
    return cli::parse_arguments(known_options, arguments, cli::Repetition::last_wins);
}

std::string daemon_help() {
    return fmt::format(
        "freshetd {}: central scheduler for Luigi's and Freshet's workers\n\n"
        "usage: freshetd [OPTION ...]\n\n{}{}",
        FRESHET_VERSION, cli::help_on(known_options), after_options);
}

std::string_view daemon_remarks() { return after_options; }

ConfigEntries read_config_entries(const cli::Arguments& arguments, const DaemonConfigSources& sources) {
    Config config = load_toml_config(arguments, sources);
    LuigiConfig luigi = load_luigi_config(arguments, sources.environment);
    std::vector<ConfigEntry> entries = std::move(luigi.values);
    std::ranges::move(entries_of(config), std::back_inserter(entries));
    std::ranges::move(entries_of(arguments), std::back_inserter(entries));
    return {highest_precedence(std::move(entries)), std::move(luigi.notices), std::move(config)};
}

}  // namespace freshet::daemon

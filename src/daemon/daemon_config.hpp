// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/cors.hpp"
#include "base/config.hpp"
#include "daemon/config_entries.hpp"
#include "daemon/config_keys.hpp"
#include "freshet/event.hpp"
#include "notify/rule.hpp"
#include "scheduler/config.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace freshet::daemon {

/// A table of an array of tables: [[sink]] or [[notification]].
struct NamedTable {
    std::string name;
    ConfigTable table;
};

/// The complete configuration of freshetd.
struct DaemonConfig {
    ServerConfig server{};
    scheduler::Config scheduler{};
    std::filesystem::path state_path{};
    api::Cors cors{};
    std::vector<std::shared_ptr<Sink>> sinks{};  ///< those of the rules, too
    notify::EmailConfig email{};
    std::vector<notify::Rule> rules{};
    bool test_instances = false;

    std::vector<NamedTable> tables{};    ///< with the defaults of what they leave out
    std::vector<ConfigEntry> entries{};  ///< the entries in force, sorted by section and key
    std::vector<std::string> notices{};  ///< ignored keys of luigi.cfg
};

/// Reads and parses the configuration of all sources. Throws ParameterError for an invalid command line, ConfigError
/// for anything invalid elsewhere.
DaemonConfig load_daemon_config(const cli::Arguments& arguments, const DaemonConfigSources& sources);

/// Returns the numeric listen address, "" for a unix socket. Throws ConfigError or ParameterError when listening there
/// would expose the scheduler.
std::string checked_listen_address(const DaemonConfig& config);

/// Returns the names of keys that differ and take effect only after a restart.
std::vector<std::string> needs_restart(const DaemonConfig& before, const DaemonConfig& after);

/// Formats the output of --check-config: every setting with its origin, and the path of the state.
std::string format_config(const DaemonConfig& config);

/// The default state file. Throws ConfigError when no environment variable determines it.
std::filesystem::path default_state(const Environment& environment, bool is_root);

/// The default --logdir of a daemon in the background. Throws ConfigError as above.
std::filesystem::path default_logdir(const Environment& environment, bool is_root);

}  // namespace freshet::daemon

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/cors.hpp"
#include "base/config.hpp"
#include "daemon/arguments.hpp"
#include "daemon/config_keys.hpp"
#include "daemon/given_value.hpp"
#include "freshet/event.hpp"
#include "scheduler/config.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace freshet::daemon {

/// All that freshetd is told before it starts.
struct DaemonConfig {
    ServerConfig server{};
    scheduler::Config scheduler{};
    std::filesystem::path state_path{};
    api::Cors cors{};
    std::vector<std::shared_ptr<Sink>> sinks{};
    bool test_instances = false;

    std::vector<ConfigEntry> entries{};  ///< what was given and counts, sorted by section and key
    std::vector<std::string> notices{};  ///< what of luigi.cfg means nothing here
};

/// Where the configuration comes from, besides the command line.
struct DaemonConfigSources {
    Environment environment{};
    std::filesystem::path system_folder = "/etc";
    bool is_root = false;
};

/// Reads everything, the weaker first: luigi.cfg, the TOML files, the environment, the command line. Throws
/// ConfigError for what is wrong or unknown anywhere but on the command line, ParameterError for what is there.
DaemonConfig load_daemon_config(const Arguments& arguments, const DaemonConfigSources& sources);

/// The address to listen on in numbers, "" for a unix socket. Throws ConfigError or ParameterError for one where
/// what is configured would be dangerous.
std::string checked_listen_address(const DaemonConfig& config);

/// The names of settings that differ and that no reload puts in force.
std::vector<std::string> needs_restart(const DaemonConfig& before, const DaemonConfig& after);

/// What --check-config shows: each setting that was given, with its origin, and where the state would be.
std::string format_config(const DaemonConfig& config);

}  // namespace freshet::daemon

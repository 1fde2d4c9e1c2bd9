// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/config.hpp"
#include "cli/arguments.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::daemon {

/// The command-line options of freshetd: those of luigid, then others.
std::span<const cli::Option> daemon_options();

/// Parses the command line of freshetd. Of an option that is given twice the last one counts, as for luigid. Throws
/// ParameterError.
cli::Arguments parse_daemon_arguments(const std::vector<std::string>& arguments);

/// The text of --help.
std::string daemon_help();
/// The end of it, on the configuration, signals and exit statuses.
std::string_view daemon_remarks();

/// One value of the configuration, with its origin.
struct ConfigEntry {
    std::string section;
    std::string key;
    std::string text;
    std::string origin;  ///< "/etc/luigi/luigi.cfg:12", "command line"

    friend bool operator==(const ConfigEntry&, const ConfigEntry&) = default;
};

/// The configuration of freshetd from all sources, before its values are parsed.
struct ConfigEntries {
    std::vector<ConfigEntry> entries;  ///< of each key the one with the highest precedence, sorted by section and key
    std::vector<std::string> notices;  ///< ignored keys of luigi.cfg
    Config config;                     ///< of files and environment, with the tables
};

/// The sources of the configuration besides the command line.
struct DaemonConfigSources {
    Environment environment{};
    std::filesystem::path system_folder = "/etc";
    bool is_root = false;
};

/// Reads luigi.cfg, the TOML files, the environment and the command line, in ascending precedence. Throws ConfigError
/// for a file that cannot be read.
ConfigEntries read_config_entries(const cli::Arguments& arguments, const DaemonConfigSources& sources);

}  // namespace freshet::daemon

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/config.hpp"
#include "cli/arguments.hpp"
#include "daemon/given_value.hpp"

#include <vector>

namespace freshet::daemon {

struct DaemonConfigSources;

/// All that is said to freshetd, wherever it is said.
struct ConfigEntries {
    std::vector<ConfigEntry> entries;  ///< of each key the strongest, sorted by section and key
    std::vector<std::string> notices;  ///< what of luigi.cfg means nothing here
    Config config;                     ///< of files and environment: those with the tables
};

/// Reads the weaker first: luigi.cfg, the TOML files, the environment, the command line. Throws ConfigError for
/// a file that cannot be read.
ConfigEntries read_config_entries(const cli::Arguments& arguments, const DaemonConfigSources& sources);

}  // namespace freshet::daemon

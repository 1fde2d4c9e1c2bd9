// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/arguments.hpp"
#include "app/given_value.hpp"
#include "app/server_settings.hpp"
#include "base/settings.hpp"
#include "freshet/event.hpp"
#include "scheduler/api/cors.hpp"
#include "scheduler/config.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace freshet::app {

/// All that freshetd is told before it starts.
struct Configuration {
    ServerSettings server{};
    scheduler::Config scheduler{};
    std::filesystem::path state_path{};
    scheduler::Cors cors{};
    std::vector<std::shared_ptr<Sink>> sinks{};
    bool test_instances = false;

    std::vector<GivenValue> given{};     ///< what was given and counts, sorted by section and key
    std::vector<std::string> notices{};  ///< what of luigi.cfg means nothing here
};

/// Where the configuration comes from, besides the command line.
struct ConfigurationSources {
    Environment environment{};
    std::filesystem::path system_folder = "/etc";
    bool is_root = false;
};

/// Reads everything, the weaker first: luigi.cfg, the TOML files, the environment, the command line. Throws
/// ConfigurationError for what is wrong or unknown anywhere but on the command line, ParameterError for what is there.
Configuration load_configuration(const Arguments& arguments, const ConfigurationSources& sources);

/// The address to listen on in numbers, "" for a unix socket. Throws ConfigurationError or ParameterError for one where
/// what is configured would be dangerous.
std::string checked_address(const Configuration& configuration);

/// The names of settings that differ and that no reload puts in force.
std::vector<std::string> needs_restart(const Configuration& before, const Configuration& after);

/// What --check-config shows: each setting that was given, with its origin, and where the state would be.
std::string shown(const Configuration& configuration);

}  // namespace freshet::app

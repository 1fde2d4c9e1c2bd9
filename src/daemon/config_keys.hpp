// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::daemon {

struct ConfigEntry;
struct DaemonConfig;

/// The section [server] of the configuration, whose keys are command-line options too.
struct ServerConfig {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8082;                           ///< 0: any free port
    std::optional<std::filesystem::path> unix_socket{};  ///< listened on instead of address and port
    std::optional<std::filesystem::path> token_file{};
    bool allow_unauthenticated = false;
    std::vector<std::string> hosts{};  ///< accepted names in the Host header, besides those of loopback
    bool allow_changes_by_get = false;
    std::string path_prefix{};  ///< added by a reverse proxy
    std::string public_url{};   ///< at which people reach the pages, for notifications; without a '/' at the end
    std::optional<std::filesystem::path> visualiser_dir{};  ///< Luigi's page; none: its bookmarks lead to the dashboard
    std::optional<std::filesystem::path> pidfile{};
    std::optional<std::filesystem::path> logdir{};
    LogFormat log_format = LogFormat::plain;
    std::chrono::days history_retention{90};
};

/// Stores the entry in the member of `config` that its section and key stand for. Throws ParameterError for an unknown
/// or wrong one on the command line, ConfigError with its origin for any other.
void set_config_entry(DaemonConfig& config, const ConfigEntry& entry);

}  // namespace freshet::daemon

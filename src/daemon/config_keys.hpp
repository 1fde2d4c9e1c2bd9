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

/// The section [server] of the configuration, whose keys are options of the command line too.
struct ServerConfig {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8082;                           ///< 0: any free one
    std::optional<std::filesystem::path> unix_socket{};  ///< listened on instead
    std::optional<std::filesystem::path> token_file{};
    bool allow_unauthenticated = false;
    std::vector<std::string> hosts{};  ///< names in Host, besides those of loopback
    bool allow_changes_by_get = false;
    std::string path_prefix{};  ///< what a proxy leaves before our paths
    std::optional<std::filesystem::path> pidfile{};
    std::optional<std::filesystem::path> logdir{};
    LogFormat log_format = LogFormat::plain;
    std::chrono::days history_retention{90};
};

/// Sets what the key stands for. Throws ParameterError when there is no such key or the text is not a value of it.
void set_server_key(ServerConfig& config, std::string_view key, std::string_view text);

/// All such keys.
std::vector<std::string> server_keys();

}  // namespace freshet::daemon

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/places.hpp"

#include "cli/state_reader.hpp"

#include <optional>

namespace freshet::daemon {

namespace {

/// The first of the folders that systemd has made for the service.
std::optional<std::filesystem::path> systemd_directory(const Environment& environment, const std::string& variable) {
    const auto found = environment.find(variable);
    if (found == environment.end() || found->second.empty()) return std::nullopt;
    return found->second.substr(0, found->second.find(':'));
}

}  // namespace

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

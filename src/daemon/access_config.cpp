// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/access_config.hpp"

#include "cli/configuration_error.hpp"
#include "daemon/listen_address.hpp"
#include "daemon/own_names.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

namespace freshet::daemon {

namespace {

api::Tokens read_tokens(const ServerConfig& config) {
    if (!config.token_file) return {};
    try {
        return api::Tokens::read(*config.token_file);
    } catch (const Error& error) {
        throw run::ConfigError(error.what());
    }
}

std::vector<std::string> allowed_hosts(const ServerConfig& config) {
    if (config.token_file && config.hosts.empty()) return {"*"};
    std::vector<std::string> hosts = local_hostnames();
    hosts.insert(hosts.end(), config.hosts.begin(), config.hosts.end());
    hosts.push_back(lower(config.address));
    return hosts;
}

}  // namespace

AccessConfig make_access_config(const ServerConfig& config, const api::Cors& cors) {
    return {.access = {.hosts = allowed_hosts(config),
                       .allow_ip_addresses = config.allow_unauthenticated,
                       .cors = cors,
                       .allow_changes_by_get = config.allow_changes_by_get},
            .tokens = read_tokens(config)};
}

ServerConfig merge_reloaded_config(const ServerConfig& running, ServerConfig reloaded, const std::string& address) {
    if (running.token_file && !reloaded.token_file)
        throw run::ConfigError(
            fmt::format("go on without the tokens of '{}': [server] token_file is gone, and whoever reaches the "
                        "scheduler could change everything; only another start does that",
                        running.token_file->string()));
    reloaded.address = running.address;
    reloaded.allow_unauthenticated = running.allow_unauthenticated;
    check_exposure(reloaded, address);
    return reloaded;
}

}  // namespace freshet::daemon

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "app/access.hpp"

#include "app/listening.hpp"
#include "app/own_names.hpp"
#include "base/text.hpp"
#include "freshet/error.hpp"
#include "run/configuration_error.hpp"

#include <fmt/format.h>

namespace freshet::app {

namespace {

scheduler::Tokens tokens_of(const ServerSettings& settings) {
    if (!settings.token_file) return {};
    try {
        return scheduler::Tokens::read(*settings.token_file);
    } catch (const Error& error) {
        throw run::ConfigurationError(error.what());
    }
}

std::vector<std::string> hosts_of(const ServerSettings& settings) {
    if (settings.token_file && settings.hosts.empty()) return {"*"};
    std::vector<std::string> hosts = own_names();
    hosts.insert(hosts.end(), settings.hosts.begin(), settings.hosts.end());
    hosts.push_back(lower(settings.address));
    return hosts;
}

}  // namespace

Entrance entrance_of(const ServerSettings& settings, const scheduler::Cors& cors) {
    return {.access = {.hosts = hosts_of(settings),
                       .any_address = settings.allow_unauthenticated,
                       .cors = cors,
                       .changes_by_get = settings.allow_changes_by_get},
            .tokens = tokens_of(settings)};
}

ServerSettings reloaded(const ServerSettings& running, ServerSettings told, const std::string& address) {
    if (running.token_file && !told.token_file)
        throw run::ConfigurationError(
            fmt::format("go on without the tokens of '{}': [server] token_file is gone, and whoever reaches the "
                        "scheduler could change everything; only another start does that",
                        running.token_file->string()));
    told.address = running.address;
    told.allow_unauthenticated = running.allow_unauthenticated;
    check_exposure(told, address);
    return told;
}

}  // namespace freshet::app

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/authorization.hpp"
#include "api/tokens.hpp"
#include "daemon/config_keys.hpp"

#include <string>

namespace freshet::daemon {

/// Who is let in, and how they may call us.
struct AccessConfig {
    api::AccessPolicy access{};
    api::Tokens tokens{};
};

/// What the settings say. With tokens any name will do, since a page that has made its name lead here has no token;
/// without, this machine's own names do and those that are given. Throws ConfigError for a file of tokens
/// that cannot be used.
AccessConfig make_access_config(const ServerConfig& config, const api::Cors& cors);

/// What a daemon goes on with that runs with these settings, listens on that address (in numbers, "" for a unix socket)
/// and is told others while it runs: where it listens, and whether everybody may call, waits for the next start. Throws
/// ConfigError when it would be open to more people than it was started for.
ServerConfig merge_reloaded_config(const ServerConfig& running, ServerConfig reloaded, const std::string& address);

}  // namespace freshet::daemon

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/authorization.hpp"
#include "api/tokens.hpp"
#include "daemon/config_keys.hpp"
#include "notify/notification.hpp"

#include <string>

namespace freshet::daemon {

/// Access to the scheduler's API: the policy for all requests and the tokens of its clients.
struct AccessConfig {
    api::AccessPolicy access{};
    api::Tokens tokens{};
};

/// Builds the access configuration. With tokens and no configured hosts any Host header is accepted, since a page that
/// rebinds its own name to this address has no token; otherwise only the names and addresses that this machine has now,
/// and the configured ones. With `allow_unauthenticated` any numeric address is accepted as Host, too. Reads the token
/// file. Throws ConfigError when it cannot be used.
AccessConfig make_access_config(const ServerConfig& config, const api::Cors& cors);

/// Where receivers of notifications find this freshetd: at `public_url`, or where it listens if other machines reach
/// that. `address` is the numeric one, "" for a unix socket.
notify::SchedulerContact scheduler_contact(const ServerConfig& config, const std::string& address);

/// Merges the reloaded configuration into the running one. `address` and `allow_unauthenticated` take effect only after
/// a restart. `address` is the numeric one in use, "" for a unix socket. Throws ConfigError when the token file was
/// removed or the result would let other machines in without a token; `running` then stays in force.
ServerConfig merge_reloaded_config(const ServerConfig& running, ServerConfig reloaded, const std::string& address);

/// Resolves a host name to a numeric address, preferring IPv4; "" is the wildcard address. Blocks for as long as the
/// system's resolver does. Throws Error for an unknown name.
std::string numeric_address(const std::string& name);

/// True for a numeric address that only this machine can reach: 127.0.0.0/8 or ::1. Throws Error when `address` is not
/// numeric.
bool is_loopback(const std::string& address);

/// Throws ConfigError, with the options that help, when other machines can reach `address` and need no token.
/// `address` is numeric, or "" for a unix socket.
void check_exposure(const ServerConfig& config, const std::string& address);

/// Throws ParameterError when other machines can reach `address`: test instances are for this machine only.
void check_test_instances(const std::string& address);

}  // namespace freshet::daemon

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/config_keys.hpp"

#include <string>

namespace freshet::daemon {

/// The address in numbers that a name stands for; of several an IPv4 one; of "" all of this machine's. Throws Error
/// when nobody knows the name.
std::string numeric_address(const std::string& name);

/// Whether only this machine reaches the address, which is in numbers.
bool is_loopback(const std::string& address);

/// Throws ConfigError, saying what to do, where others would reach a scheduler that everybody may change.
/// `address` is in numbers, or "" for a unix socket.
void check_exposure(const ServerConfig& config, const std::string& address);

/// The same for test instances, which are for this machine alone.
void check_test_instances(const std::string& address);

}  // namespace freshet::daemon

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/server_settings.hpp"
#include "scheduler/api/gate.hpp"
#include "scheduler/api/tokens.hpp"

namespace freshet::app {

/// Who is let in, and how they may call us.
struct Entrance {
    scheduler::Access access{};
    scheduler::Tokens tokens{};
};

/// What the settings say. With tokens any name will do, since a page that has made its name lead here has no token;
/// without, this machine's own names do and those that are given. Throws ConfigurationError for a file of tokens
/// that cannot be used.
Entrance entrance_of(const ServerSettings& settings, const scheduler::Cors& cors);

}  // namespace freshet::app

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/server_settings.hpp"
#include "scheduler/api/gate.hpp"
#include "scheduler/api/tokens.hpp"

#include <string>

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

/// What a daemon goes on with that runs with these settings, listens on that address (in numbers, "" for a unix socket)
/// and is told others while it runs: where it listens, and whether everybody may call, waits for the next start. Throws
/// ConfigurationError when it would be open to more people than it was started for.
ServerSettings reloaded(const ServerSettings& running, ServerSettings told, const std::string& address);

}  // namespace freshet::app

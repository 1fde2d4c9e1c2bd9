// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"

#include <string_view>

namespace freshet::rpc {

/// What a scheduler can do that a luigid cannot, by the names that its server_info has for it.
namespace extension_names {
inline constexpr std::string_view register_tasks = "register_tasks";  ///< many registrations in one call
inline constexpr std::string_view leases = "leases";
inline constexpr std::string_view failures = "failures";  ///< classes of failure, and retries within a run
inline constexpr std::string_view events = "events";      ///< stored with the completion, and delivered
inline constexpr std::string_view attempts = "attempts";  ///< facts about them, kept in the history
inline constexpr std::string_view families = "families";  ///< a worker names those it can make
inline constexpr std::string_view wait = "wait";          ///< get_work is held until there is work
}  // namespace extension_names

/// The answer to Hello.
Json server_info();

/// Whether a server_info names the extension.
bool has_extension(const Json& server_info, std::string_view name);

}  // namespace freshet::rpc

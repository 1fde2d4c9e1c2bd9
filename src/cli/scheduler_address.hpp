// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/config.hpp"
#include "cli/command_line.hpp"
#include "cli/run_config.hpp"
#include "event/delivery.hpp"
#include "freshet/json.hpp"
#include "worker/rpc_client.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace freshet::cli {

/// The address of a scheduler, with the token in the file or in FRESHET_TOKEN. Throws ConfigError for an unreadable
/// file.
worker::SchedulerAddress scheduler_address(const std::string& url,
                                           const std::optional<std::filesystem::path>& token_file,
                                           const Environment& environment);

/// The address of the scheduler of --scheduler or [run], with its token; nullopt: an embedded one. Throws ConfigError
/// for an unreadable token file.
std::optional<worker::SchedulerAddress> scheduler_address(const CommandContext& context, const RunConfig& config);

/// The undelivered events of a freshetd, as event::to_json() has them; none for a luigid, which takes no events. Throws
/// worker::UnavailableError when it does not answer that.
Json ask_undelivered(const worker::SchedulerAddress& address);

/// Has a freshetd change its events; returns event::ChangedEvents::to_json(). Throws as ask_undelivered().
Json change_undelivered(const worker::SchedulerAddress& address, const event::EventChange& change);

/// The events that a sink lacks: those of the state of `root`, of the outboxes beside it, and of the scheduler of
/// --scheduler. Throws Error when one of them cannot be read.
std::vector<UndeliveredEvent> undelivered_events(const CommandContext& context, const RunConfig& config,
                                                 const AnyTask& root);

}  // namespace freshet::cli

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/remote_options.hpp"

#include "base/files.hpp"
#include "cli/configuration_error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::run {

namespace {

std::string token_of(const CommandContext& context, const RunConfig& config) {
    if (config.token_file) {
        try {
            return std::string(trimmed(read_file(*config.token_file)));
        } catch (const Error& error) {
            throw ConfigError(fmt::format("read the scheduler's token: {}", error.what()));
        }
    }
    const auto found = context.cli.environment.find("FRESHET_TOKEN");
    return found == context.cli.environment.end() ? "" : found->second;
}

}  // namespace

std::optional<RemoteOptions> remote_options(const CommandContext& context, const RunConfig& config) {
    if (!config.scheduler) return std::nullopt;
    const auto& types = context.registry.types();
    return RemoteOptions{.address = {.url = *config.scheduler, .token = token_of(context, config)},
                         .retry_budget = config.retry_budget,
                         .emits_events = std::any_of(types.begin(), types.end(),
                                                     [](const TaskType* type) { return type->emits_events; })};
}

}  // namespace freshet::run

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/remote_options.hpp"

#include "base/files.hpp"
#include "base/text.hpp"
#include "run/configuration_error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::run {

namespace {

std::string token_of(const Call& call, const RunSettings& settings) {
    if (settings.token_file) {
        try {
            return std::string(trimmed(read_file(*settings.token_file)));
        } catch (const Error& error) {
            throw ConfigurationError(fmt::format("read the scheduler's token: {}", error.what()));
        }
    }
    const auto found = call.world.environment.find("FRESHET_TOKEN");
    return found == call.world.environment.end() ? "" : found->second;
}

}  // namespace

std::optional<RemoteOptions> remote_options(const Call& call, const RunSettings& settings) {
    if (!settings.scheduler) return std::nullopt;
    const auto& types = call.registry.types();
    return RemoteOptions{.address = {.url = *settings.scheduler, .token = token_of(call, settings)},
                         .patience = settings.patience,
                         .announces = std::any_of(types.begin(), types.end(), [](const TaskType* type) { return type->announces; })};
}

}  // namespace freshet::run

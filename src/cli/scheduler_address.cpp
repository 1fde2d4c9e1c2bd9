// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/scheduler_address.hpp"

#include "base/files.hpp"
#include "freshet/http.hpp"
#include "freshet/text.hpp"
#include "rpc/responses.hpp"

#include <fmt/format.h>

#include <variant>

namespace freshet::cli {

namespace {

/// The token in the token file or in FRESHET_TOKEN; empty: none.
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

std::optional<worker::SchedulerAddress> scheduler_address(const CommandContext& context, const RunConfig& config) {
    if (!config.scheduler) return std::nullopt;
    return worker::SchedulerAddress{.url = *config.scheduler, .token = token_of(context, config)};
}

Json ask_explanation(const worker::SchedulerAddress& address, const std::string& task_id) {
    const auto client = http::make_client();
    const worker::RpcClient rpc(address, *client);
    if (!rpc::has_extension(rpc.server_info(), rpc::extension_names::explain)) return {};
    return std::get<Json>(rpc.call(rpc::Explain{.task_id = task_id}));
}

}  // namespace freshet::cli

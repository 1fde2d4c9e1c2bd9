// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/scheduler_address.hpp"

#include "base/files.hpp"
#include "base/time.hpp"
#include "cli/state_reader.hpp"
#include "freshet/http.hpp"
#include "freshet/text.hpp"
#include "store/outbox.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace freshet::cli {

namespace {

/// The token in the token file or in FRESHET_TOKEN; empty: none.
std::string read_token(const std::optional<std::filesystem::path>& file, const Environment& environment) {
    if (file) {
        try {
            return std::string(trimmed(read_file(*file)));
        } catch (const Error& error) {
            throw ConfigError(fmt::format("read the scheduler's token: {}", error.what()));
        }
    }
    const auto found = environment.find("FRESHET_TOKEN");
    return found == environment.end() ? "" : found->second;
}

}  // namespace

worker::SchedulerAddress scheduler_address(const std::string& url,
                                           const std::optional<std::filesystem::path>& token_file,
                                           const Environment& environment) {
    return {.url = url, .token = read_token(token_file, environment)};
}

std::optional<worker::SchedulerAddress> scheduler_address(const CommandContext& context, const RunConfig& config) {
    if (!config.scheduler) return std::nullopt;
    return scheduler_address(*config.scheduler, config.token_file, context.cli.environment);
}

namespace {

UndeliveredEvent undelivered_from_json(const Json& json) {
    return {.event = event_from_json(json.at("event")),
            .sink = json.at("sink").as_string(),
            .stored = time_from_rfc3339(json.at("stored").as_string()),
            .is_dead = json.at("state") == Json("dead")};
}

/// Sends a request about the undelivered events to a freshetd; returns its JSON.
Json exchange_undelivered(const worker::RpcClient& rpc, http::Client& client, http::Request request,
                          std::string_view purpose) {
    request.url = fmt::format("{}/undelivered", rpc.address().url);
    if (!rpc.address().token.empty()) request.headers.emplace_back("Authorization", "Bearer " + rpc.address().token);
    const auto response = client.send(request);
    if (response.status == 200) return Json::parse(response.body);
    throw worker::UnavailableError(
        fmt::format("{} at '{}': answered {}{}", purpose, rpc.name(), response.status,
                    response.body.empty() ? "" : ": " + std::string(trimmed(response.body))));
}

/// The state of the run and the default one of its root: a run with --state may share the root with others.
std::vector<std::filesystem::path> all_outbox_files(const CommandContext& context, const AnyTask& root) {
    const auto state = state_path(context, root);
    auto files = store::outbox_files(state);
    if (!context.program.default_state) return files;
    const std::filesystem::path other = context.program.default_state(root);
    if (std::filesystem::weakly_canonical(other) != std::filesystem::weakly_canonical(state))
        std::ranges::move(store::outbox_files(other), std::back_inserter(files));
    return files;
}

}  // namespace

Json ask_undelivered(const worker::SchedulerAddress& address) {
    const auto client = http::make_client();
    const worker::RpcClient rpc(address, *client);
    if (rpc.server_info().is_null()) return Json::array();
    return exchange_undelivered(rpc, *client, {}, "list the undelivered events");
}

Json change_undelivered(const worker::SchedulerAddress& address, const event::EventChange& change) {
    const auto client = http::make_client();
    const worker::RpcClient rpc(address, *client);
    if (rpc.server_info().is_null())
        throw worker::UnavailableError(fmt::format("change events at '{}': a luigid takes none", rpc.name()));
    return exchange_undelivered(rpc, *client,
                                {.method = "POST",
                                 .url = {},
                                 .headers = {{"Content-Type", "application/json"}},
                                 .body = change.to_json().text()},
                                "change events");
}

std::vector<UndeliveredEvent> undelivered_events(const CommandContext& context, const RunConfig& config,
                                                 const AnyTask& root) {
    std::vector<UndeliveredEvent> events;
    for (const auto& undelivered : store::read_undelivered(all_outbox_files(context, root)))
        events.push_back(undelivered_from_json(event::to_json(undelivered)));
    if (const auto address = scheduler_address(context, config)) {
        const Json answer = ask_undelivered(*address);
        for (const Json& undelivered : answer.as_array()) events.push_back(undelivered_from_json(undelivered));
    }
    return events;
}

}  // namespace freshet::cli

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/change_routes.hpp"

#include "api/responses.hpp"
#include "dashboard/page_query.hpp"
#include "freshet/error.hpp"
#include "freshet/file.hpp"

#include <fmt/format.h>

#include <atomic>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

namespace freshet::dashboard {

namespace {

constexpr std::size_t longest_part = 1u << 20;
constexpr std::size_t max_waiting = 8u << 20;  // bytes: the rest of the memory for bodies is for other messages

using Waiting = std::shared_ptr<std::atomic<std::size_t>>;

/// Counts a text among those that wait, as long as it lives.
std::shared_ptr<const void> count_waiting(const Waiting& waiting, std::size_t size) {
    if (waiting->fetch_add(size) + size > max_waiting) {
        waiting->fetch_sub(size);
        return nullptr;
    }
    return {waiting.get(), [waiting, size](const void*) { waiting->fetch_sub(size); }};
}

struct Part {
    store::AttemptLogKey key;
    std::uint64_t position = 0;
};

Part read_part(const api::RequestContext& context, PageQuery& query) {
    Part part{.key = {.task_id = context.path_parameter, .run_id = query.text("run")}};
    const auto attempt = query.integer("attempt", 1, std::numeric_limits<int>::max());
    const auto position = query.integer("position", 0, std::numeric_limits<std::int64_t>::max());
    if (!attempt) query.refuse_missing("attempt");
    if (!position) query.refuse_missing("position");
    if (!store::is_run_id(part.key.run_id)) query.refuse_missing("run");
    part.key.number = static_cast<int>(attempt.value_or(1));
    part.position = static_cast<std::uint64_t>(position.value_or(0));
    return part;
}

http::Response append_part(store::AttemptLogStore& logs, const Part& part, std::string_view text) {
    try {
        return api::json_response(Json::Object{{"end", logs.append(part.key, part.position, text)}});
    } catch (const DiskFullError& error) {
        return api::error_response(503, error.what());
    }
}

}  // namespace

api::Route attempt_log_route(store::AttemptLogStore& logs) {
    const auto waiting = std::make_shared<std::atomic<std::size_t>>(0);
    const auto take = [&logs, waiting](api::RequestContext context, const http::Responder& respond) {
        const auto refuse = [&](int status, std::string reason) {
            respond([status, reason = std::move(reason)] { return api::error_response(status, reason); });
        };
        PageQuery query(context.query);
        Part part = read_part(context, query);
        if (const auto refusal = query.refusal()) return refuse(400, *refusal);
        if (context.request.body.size() > longest_part)
            return refuse(413, fmt::format("a part of a log has at most {} bytes", longest_part));
        auto counted = count_waiting(waiting, context.request.body.size());
        if (!counted) return refuse(503, "too many logs wait to be written");
        respond([&logs, part = std::move(part), text = std::move(context.request.body), counted] {
            return append_part(logs, part, text);
        });
    };
    return {.id = "json.append_log",
            .path = "/api/v1/task/",
            .suffix = "/log",
            .path_argument = "task_id",
            .methods = {"POST"},
            .roles = api::Role::work,
            .effect = api::Effect::changes,
            .audited = api::Audited::no,
            .malformed_status = 400,
            .uses_files = true,
            .handler = take};
}

}  // namespace freshet::dashboard

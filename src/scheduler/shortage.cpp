// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/shortage.hpp"

#include "base/log.hpp"
#include "scheduler/board.hpp"

#include <fmt/format.h>

#include <utility>

namespace freshet::scheduler {

namespace {

/// Names of resources are anybody's: so many are told apart, which are far more than anybody configures.
constexpr std::size_t most_warnings = 1000;

}  // namespace

std::int64_t limit_of(const Board& board, const std::string& resource) {
    const auto limit = board.limits.find(resource);
    return limit == board.limits.end() ? 1 : limit->second;
}

std::int64_t taken_of(const Board& board, const wire::Resources& held, const std::string& resource, Time now) {
    const auto amount = held.find(resource);
    return (amount == held.end() ? 0 : amount->second) + board.rates.used(resource, now);
}

std::optional<Shortage> shortage(const Board& board, const wire::Resources& demand) {
    for (const auto& [name, need] : demand)
        if (const std::int64_t limit = limit_of(board, name); need > limit) return Shortage{name, need, limit};
    return std::nullopt;
}

std::string words(const Shortage& shortage) {
    return fmt::format("it needs {} of '{}', of which there {} {}", shortage.need, shortage.resource,
                       shortage.limit == 1 ? "is" : "are", shortage.limit);
}

void ShortageWarnings::look_at(const Board& board, const wire::Request& request) {
    if (const auto* one = std::get_if<wire::AddTask>(&request)) return look_at(board, *one);
    if (const auto* many = std::get_if<wire::RegisterTasks>(&request))
        for (const wire::AddTask& task : many->tasks) look_at(board, task);
}

void ShortageWarnings::look_at(const Board& board, const wire::AddTask& request) {
    if (request.resources.empty() || request.status != wire::Status::pending) return;
    const auto found = shortage(board, request.resources);
    if (!found || warned_of_.size() >= most_warnings) return;
    const auto [warned, first] = warned_of_.try_emplace(found->resource, found->limit);
    if (!first && std::exchange(warned->second, found->limit) == found->limit) return;
    const std::string message = fmt::format("register '{}': it can never run: {}", request.task_id, words(*found));
    log_.write({.level = LogLevel::warning,
                .event = "task.can_never_run",
                .message = message,
                .fields = {{"task_id", request.task_id},
                           {"resource", found->resource},
                           {"need", found->need},
                           {"limit", found->limit}}});
}

}  // namespace freshet::scheduler

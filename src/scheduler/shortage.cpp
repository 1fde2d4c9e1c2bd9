// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/shortage.hpp"

#include "base/log.hpp"
#include "scheduler/scheduler_state.hpp"

#include <fmt/format.h>

#include <utility>

namespace freshet::scheduler {

namespace {

/// Names of resources are anybody's: so many are told apart, which are far more than anybody configures.
constexpr std::size_t max_warnings = 1000;

}  // namespace

std::int64_t limit_of(const SchedulerState& state, const std::string& resource) {
    const auto limit = state.limits.find(resource);
    return limit == state.limits.end() ? 1 : limit->second;
}

std::int64_t used_amount(const SchedulerState& state, const rpc::Resources& held, const std::string& resource,
                         Time now) {
    const auto amount = held.find(resource);
    return (amount == held.end() ? 0 : amount->second) + state.rate_limiter.used(resource, now);
}

std::optional<Shortage> shortage(const SchedulerState& state, const rpc::Resources& requested) {
    for (const auto& [name, need] : requested)
        if (const std::int64_t limit = limit_of(state, name); need > limit) return Shortage{name, need, limit};
    return std::nullopt;
}

std::string describe(const Shortage& shortage) {
    return fmt::format("it needs {} of '{}', of which there {} {}", shortage.need, shortage.resource,
                       shortage.limit == 1 ? "is" : "are", shortage.limit);
}

void ShortageWarnings::check(const SchedulerState& state, const rpc::Request& request) {
    if (const auto* one = std::get_if<rpc::AddTask>(&request)) return check(state, *one);
    if (const auto* many = std::get_if<rpc::RegisterTasks>(&request))
        for (const rpc::AddTask& task : many->tasks) check(state, task);
}

void ShortageWarnings::check(const SchedulerState& state, const rpc::AddTask& request) {
    if (request.resources.empty() || request.status != rpc::Status::pending) return;
    const auto found = shortage(state, request.resources);
    if (!found || warned_limits_.size() >= max_warnings) return;
    const auto [warned, first] = warned_limits_.try_emplace(found->resource, found->limit);
    if (!first && std::exchange(warned->second, found->limit) == found->limit) return;
    const std::string message = fmt::format("register '{}': it can never run: {}", request.task_id, describe(*found));
    log_.write({.level = LogLevel::warning,
                .event = "task.can_never_run",
                .message = message,
                .fields = {{"task_id", request.task_id},
                           {"resource", found->resource},
                           {"need", found->need},
                           {"limit", found->limit}}});
}

}  // namespace freshet::scheduler

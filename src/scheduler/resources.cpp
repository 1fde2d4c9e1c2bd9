// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/resources.hpp"

#include "base/log.hpp"
#include "freshet/error.hpp"
#include "scheduler/scheduler_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace freshet::scheduler {

namespace {

constexpr std::chrono::seconds period{60};

/// Rounds up, so that grants of one second expire together and there are never more than 61.
Time expiry_of(Time taken) { return std::chrono::ceil<std::chrono::seconds>(taken) + period; }

/// Bounds the memory, since clients choose the names; far more than anybody configures.
constexpr std::size_t max_warnings = 1000;

}  // namespace

void RateLimiter::set_resources(std::set<std::string> resources) {
    resources_ = std::move(resources);
    std::erase_if(grants_, [&](const auto& entry) { return !has(entry.first); });
}

std::int64_t RateLimiter::used(const std::string& resource, Time now) const {
    std::int64_t sum = 0;
    if (const auto grants = grants_.find(resource); grants != grants_.end())
        for (const Grant& grant : grants->second) sum += grant.expires_at > now ? grant.amount : 0;
    return sum;
}

bool RateLimiter::consume(const rpc::Resources& requested, Time now) {
    bool any = false;
    for (const auto& [resource, amount] : requested) {
        if (amount <= 0 || !has(resource)) continue;
        auto& grants = grants_[resource];
        if (!grants.empty() && grants.back().expires_at >= expiry_of(now))
            grants.back().amount += amount;
        else
            grants.push_back({expiry_of(now), amount});
        any = true;
    }
    return any;
}

std::optional<Time> RateLimiter::next_expiry() const {
    std::optional<Time> next;
    for (const auto& [resource, grants] : grants_)
        if (!next || grants.front().expires_at < *next) next = grants.front().expires_at;
    return next;
}

bool RateLimiter::expire_grants(Time now) {
    bool any = false;
    for (auto& [resource, grants] : grants_)
        for (; !grants.empty() && grants.front().expires_at <= now; any = true) grants.pop_front();
    std::erase_if(grants_, [](const auto& entry) { return entry.second.empty(); });
    return any;
}

void RateLimiter::shift_grants(Time::duration change) {
    for (auto& [resource, grants] : grants_)
        for (Grant& grant : grants) grant.expires_at += change;
}

bool RateLimiter::limit_grants(Time now) {
    bool any = false;
    for (auto& [resource, grants] : grants_)
        for (Grant& grant : grants) {
            any = any || grant.expires_at > expiry_of(now);
            grant.expires_at = std::min(grant.expires_at, expiry_of(now));
        }
    return any;
}

Json RateLimiter::to_json() const {
    Json json = Json::object();
    for (const auto& [resource, grants] : grants_) {
        Json list = Json::array();
        for (const Grant& grant : grants)
            list.push_back(Json::Array{grant.expires_at.time_since_epoch().count(), grant.amount});
        json[resource] = std::move(list);
    }
    return json;
}

void RateLimiter::restore(const Json& json) {
    for (const auto& [resource, list] : json.as_object()) {
        if (!has(resource)) continue;
        std::deque<Grant> grants;
        for (const Json& grant : list.as_array()) {
            const auto& pair = grant.as_array();
            if (pair.size() != 2) throw Error("a grant of a rate is not a pair of time and amount");
            grants.push_back({Time(Time::duration(pair[0].as_integer())), pair[1].as_integer()});
        }
        if (!grants.empty()) grants_[resource] = std::move(grants);
    }
}

ResourceRequest held_resources(SchedulerState& state, const ResourceRequest& request) {
    if (state.rate_limiter.empty() || request->empty()) return request;
    rpc::Resources resources = *request;
    std::erase_if(resources, [&](const auto& need) { return state.rate_limiter.has(need.first); });
    return state.tasks.resource_request(resources);
}

std::int64_t limit_of(const rpc::Resources& limits, const std::string& resource) {
    const auto limit = limits.find(resource);
    return limit == limits.end() ? 1 : limit->second;
}

std::int64_t used_amount(const SchedulerState& state, const rpc::Resources& held, const std::string& resource,
                         Time now) {
    const auto amount = held.find(resource);
    return (amount == held.end() ? 0 : amount->second) + state.rate_limiter.used(resource, now);
}

std::optional<Shortage> shortage(const rpc::Resources& limits, const rpc::Resources& requested) {
    for (const auto& [name, need] : requested)
        if (const std::int64_t limit = limit_of(limits, name); need > limit) return Shortage{name, need, limit};
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
    if (!request.resources || request.status != rpc::Status::pending) return;
    const auto found = shortage(state.limits, *request.resources);
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

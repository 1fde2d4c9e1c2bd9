// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/resources.hpp"

#include "freshet/error.hpp"

#include <chrono>

namespace freshet::scheduler {

namespace {

constexpr std::chrono::seconds period{60};

/// Grants within a second come back together, so that there are never more than 61 of them.
Time expiry_of(Time taken) { return std::chrono::ceil<std::chrono::seconds>(taken) + period; }

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
            if (pair.size() != 2) throw Error("a grant of a rate is not a time and an amount");
            grants.push_back({Time(Time::duration(pair[0].as_integer())), pair[1].as_integer()});
        }
        if (!grants.empty()) grants_[resource] = std::move(grants);
    }
}

}  // namespace freshet::scheduler

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/hold_up.hpp"

#include "scheduler/shortage.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::scheduler {

namespace {

/// Of the resources that the task needs and cannot have, the first.
BlockReason missing_resource(const SchedulerState& state, const rpc::Resources& requested, Time now) {
    if (const auto found = shortage(state, requested)) return {"can never run: " + describe(*found), true};
    const rpc::Resources& used = state.tasks.index().used();
    for (const auto& [name, need] : requested) {
        const std::int64_t taken = used_amount(state, used, name, now);
        if (const std::int64_t limit = limit_of(state, name); need + taken > limit)
            return {fmt::format("waits for '{}': {} of {} {}, and it needs {}", name, taken, limit,
                                state.rate_limiter.has(name) ? "went out within a minute" : "in use", need)};
    }
    return {};
}

/// Whether a worker asks for tasks of the family, whoever registered them.
bool is_family_served(const SchedulerState& state, const std::string& family) {
    return std::ranges::any_of(state.workers.all(), [&](const auto& entry) {
        const Json& families = info_value(entry.second, "families");
        return families.is_array() && std::ranges::count(families.as_array(), Json(family)) > 0;
    });
}

bool has_assistant(const SchedulerState& state) {
    return std::ranges::any_of(state.workers.all(), [](const auto& entry) { return is_assistant(entry.second); });
}

}  // namespace

BlockReason block_reason(const SchedulerState& state, const ReadyTasks& tasks, Time now) {
    const bool has_server = tasks.workers->empty() && is_family_served(state, *tasks.family);
    if (tasks.workers->empty() && !tasks.was_offered && !has_server)
        return {.text = "is made elsewhere (no worker offers to run it) and is not there yet", .is_external = true};
    if (auto missing = missing_resource(state, *tasks.resources, now); !missing.text.empty()) return missing;
    if (state.paused) return {"could run, but the scheduler is paused"};
    if (state.workers.all().empty()) return {"could run, but no worker is connected", true};
    if (!tasks.workers->empty() || has_server || has_assistant(state)) return {"waits for a free worker"};
    return {"could run, but the workers that offered to run it are gone", true};
}

}  // namespace freshet::scheduler

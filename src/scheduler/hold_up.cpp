// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/hold_up.hpp"

#include "scheduler/shortage.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::scheduler {

namespace {

/// Of the resources that the task needs and cannot have, the first.
HoldUp missing_resource(const Board& board, const wire::Resources& demand, Time now) {
    if (const auto found = shortage(board, demand)) return {"can never run: " + words(*found), true};
    const wire::Resources& used = board.tasks.index().used();
    for (const auto& [name, need] : demand) {
        const std::int64_t taken = taken_of(board, used, name, now);
        if (const std::int64_t limit = limit_of(board, name); need + taken > limit)
            return {fmt::format("waits for '{}': {} of {} {}, and it needs {}", name, taken, limit,
                                board.rates.has(name) ? "went out within a minute" : "in use", need)};
    }
    return {};
}

/// Whether a worker asks for tasks of the family, whoever registered them.
bool is_served(const Board& board, const std::string& family) {
    return std::ranges::any_of(board.workers.all(), [&](const auto& entry) {
        const Json& families = fact(entry.second, "families");
        return families.is_array() && std::ranges::count(families.as_array(), Json(family)) > 0;
    });
}

bool has_assistant(const Board& board) {
    return std::ranges::any_of(board.workers.all(), [](const auto& entry) { return is_assistant(entry.second); });
}

}  // namespace

HoldUp hold_up(const Board& board, const Runnable& tasks, Time now) {
    const bool has_server = tasks.workers->empty() && is_served(board, *tasks.family);
    if (tasks.workers->empty() && !tasks.was_offered && !has_server)
        return {.words = "is made elsewhere (no worker offers to run it) and is not there yet",
                .is_made_elsewhere = true};
    if (auto missing = missing_resource(board, *tasks.resources, now); !missing.words.empty()) return missing;
    if (board.paused) return {"could run, but the scheduler is paused"};
    if (board.workers.all().empty()) return {"could run, but no worker is connected", true};
    if (!tasks.workers->empty() || has_server || has_assistant(board)) return {"waits for a free worker"};
    return {"could run, but the workers that offered to run it are gone", true};
}

}  // namespace freshet::scheduler

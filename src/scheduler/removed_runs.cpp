// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/removed_runs.hpp"

#include "freshet/text.hpp"
#include "scheduler/explanation.hpp"
#include "scheduler/run_walk.hpp"

#include <algorithm>
#include <limits>
#include <map>

namespace freshet::scheduler {

namespace {

constexpr std::size_t max_walked = 100'000;  // tasks of all runs that are removed together
constexpr std::size_t max_kept_families = 50;
constexpr std::size_t max_kept_links = 50;
constexpr std::size_t max_kept_name = 300;

/// The newest roots of each family among the tasks, as many as are kept. A root that nobody gave a status, and the
/// combined task of a batch, are no run.
std::map<Symbol, std::vector<TaskId>> newest_roots(const TaskTable& tasks, const std::vector<TaskId>& expired) {
    std::map<Symbol, std::vector<TaskId>> roots;
    for (const TaskId id : expired) {
        const Task& task = tasks[id];
        const bool is_batch_task = task.batch && !task.batchable;
        if (task.dependants.empty() && task.status != Status::unknown && !is_batch_task && edge_family(task.family))
            roots[task.family].push_back(id);
    }
    for (auto& [family, ids] : roots) {
        const auto kept = std::min(ids.size(), FamilyStatsTable::max_runs);
        std::ranges::partial_sort(ids, ids.begin() + static_cast<std::ptrdiff_t>(kept), std::greater<>(),
                                  [&](TaskId id) { return tasks[id].sequence; });
        ids.resize(kept);
    }
    return roots;
}

std::map<std::string, StatusCounts> named(const std::map<Symbol, StatusCounts>& counts) {
    std::map<std::string, StatusCounts> families;
    for (const auto& [family, by_status] : counts)
        if (families.size() < max_kept_families)
            families.emplace(family ? shortened(*family, max_kept_name) : std::string(), by_status);
    return families;
}

std::vector<ChainLink> named(const TaskTable& tasks, const std::vector<RunWalk::Link>& chain) {
    std::vector<ChainLink> links;
    for (const auto& [task, took] : chain)
        if (links.size() < max_kept_links) links.push_back({shortened(tasks[task].id, max_kept_name), took});
    return links;
}

RecentRun run_of(const SchedulerState& state, TaskId root) {
    const Task& task = state.tasks[root];
    const Time removed_after = saturating_add(task.expires_at, -state.config.remove_delay);
    const Time ended = std::min(details(task).unneeded_since, removed_after);
    return {.task_id = task.id,
            .name = shown_name(task),
            .status = task.status,
            .registered = task.created,
            .ended = std::max(task.created, ended)};
}

}  // namespace

void keep_runs(SchedulerState& state, const std::vector<TaskId>& expired, Time now) {
    std::size_t left = max_walked;
    for (const auto& [family, roots] : newest_roots(state.tasks, expired))
        for (const TaskId root : roots) {
            if (left == 0) return;
            RunWalk walk(root, left);
            Budget budget(std::numeric_limits<std::size_t>::max());
            walk.advance(state, now, budget);
            left -= std::min(left, walk.count());
            RecentRun run = run_of(state, root);
            run.families = named(walk.families());
            run.longest_chain = named(state.tasks, walk.longest_chain());
            state.family_stats.keep_run(std::move(run), *family);
        }
}

}  // namespace freshet::scheduler

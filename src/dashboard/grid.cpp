// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/grid.hpp"

#include "freshet/text.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace freshet::dashboard {

namespace {

/// Family of root tasks, with its newest run.
struct RootFamily {
    std::string name;
    Time newest = Time::min();
    bool has_requirements = false;
};

RootFamily root_family(const TaskTable& tasks, const scheduler::Symbol& name, const scheduler::FamilyCounts& counts) {
    RootFamily family{.name = *name};
    for (const TaskId root : tasks.index().newest_roots(counts, 1)) {
        family.newest = tasks[root].created;
        family.has_requirements = !tasks[root].deps.empty();
    }
    return family;
}

void add_removed(RootFamily& family, const scheduler::FamilyStats& stats) {
    for (const scheduler::RecentRun& run : stats.runs) {
        family.newest = std::max(family.newest, run.registered);
        family.has_requirements = family.has_requirements || run.families.size() > 1;
    }
}

/// Those with requirements first, then by their newest run.
std::vector<RootFamily> root_families(const SchedulerState& state) {
    std::map<std::string, RootFamily> families;
    std::size_t examined = 0;
    for (const auto& [name, counts] : state.tasks.index().families())
        if (!name->empty() && counts.roots.size > 0 && examined++ < max_scanned)
            families.emplace(*name, root_family(state.tasks, name, counts));
    for (const auto& [name, stats] : state.family_stats.families()) {
        if (stats.runs.empty()) continue;
        RootFamily& family = families[name];
        family.name = name;
        add_removed(family, stats);
    }
    std::vector<RootFamily> all;
    for (auto& [name, family] : families) all.push_back(std::move(family));
    std::ranges::sort(all, [](const RootFamily& a, const RootFamily& b) {
        return std::tuple(b.has_requirements, b.newest, a.name) < std::tuple(a.has_requirements, a.newest, b.name);
    });
    if (all.size() > max_grid_roots) all.resize(max_grid_roots);
    return all;
}

GridRun grid_run_of(const Task& root) {
    GridRun run{.root = ref_of(root), .registered = root.created};
    if (root.status == Status::done) run.ended = root.updated;
    return run;
}

GridRun grid_run_of(const scheduler::RecentRun& past) {
    return {.root = {.id = past.task_id, .name = past.name, .status = past.status},
            .registered = past.registered,
            .ended = past.ended,
            .is_removed = true,
            .families = past.families};
}

std::vector<TaskId> live_roots(const SchedulerState& state, const std::string& family, std::size_t most) {
    for (const auto& [name, counts] : state.tasks.index().families())
        if (*name == family) return state.tasks.index().newest_roots(counts, most);
    return {};
}

}  // namespace

GridFilter GridFilter::read(PageQuery& query) {
    GridFilter filter{.root = query.text("root")};
    filter.runs = static_cast<std::size_t>(query.integer("runs", 1, max_runs).value_or(default_runs));
    return filter;
}

std::vector<std::string> Grid::families() const {
    std::set<std::string> names;
    for (const GridRun& run : runs)
        for (const auto& [name, counts] : run.families) names.insert(name);
    std::vector<std::string> ordered(names.begin(), names.end());
    std::ranges::stable_sort(ordered, {}, [&](const std::string& name) { return name != root; });
    return ordered;
}

GridQuery::GridQuery(const SchedulerState& state, const GridFilter& filter, std::shared_ptr<Grid> grid, Time now)
    : grid_(std::move(grid)), now_(now) {
    grid_->taken = now;
    for (const RootFamily& family : root_families(state)) grid_->roots.push_back(family.name);
    grid_->root = !filter.root.empty() ? filter.root : grid_->roots.empty() ? "" : grid_->roots.front();
    collect_runs(state, filter);
}

void GridQuery::collect_runs(const SchedulerState& state, const GridFilter& filter) {
    for (const TaskId root : live_roots(state, grid_->root, filter.runs))
        if (!is_batch_task(state.tasks[root])) grid_->runs.push_back(grid_run_of(state.tasks[root]));
    const auto stats = state.family_stats.families().find(grid_->root);
    if (stats != state.family_stats.families().end())
        for (const scheduler::RecentRun& run : stats->second.runs)
            if (!state.tasks.find(run.task_id)) grid_->runs.push_back(grid_run_of(run));
    std::ranges::stable_sort(grid_->runs, std::greater<>(), &GridRun::registered);
    if (grid_->runs.size() > filter.runs) grid_->runs.resize(filter.runs);
}

bool GridQuery::step(const SchedulerState& state, scheduler::Budget budget) {
    for (; next_ < grid_->runs.size(); ++next_) {
        GridRun& run = grid_->runs[next_];
        if (run.is_removed) continue;
        if (budget.is_consumed()) return false;
        if (!walk_) {
            const auto root = state.tasks.find(run.root.id);
            if (!root || left_ == 0) {
                run.is_complete = false;
                continue;
            }
            walk_.emplace(*root, left_);
        }
        if (!walk_->advance(state, now_, budget)) return false;
        finish_walk(run);
    }
    return true;
}

void GridQuery::finish_walk(GridRun& run) {
    for (const auto& [family, counts] : walk_->families())
        run.families[family ? shortened(*family, max_text_length) : std::string()] = counts;
    const auto& blockers = walk_->blockers();
    if (const auto failed = blockers.find(scheduler::BlockerKind::failed); failed != blockers.end())
        run.failed = failed->second;
    run.awaits_external = blockers.contains(scheduler::BlockerKind::external);
    run.is_complete = walk_->is_complete();
    left_ -= std::min(left_, walk_->count());
    walk_.reset();
}

}  // namespace freshet::dashboard

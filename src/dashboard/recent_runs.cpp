// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/snapshot.hpp"
#include "freshet/text.hpp"

#include <map>
#include <unordered_set>

namespace freshet::dashboard {

namespace {

constexpr std::size_t max_roots_examined = 5 * max_runs;  // some may be batch tasks

/// Roots of a family to show, before anything is counted.
struct Candidate {
    std::string family{};
    std::vector<TaskId> newest{};
    const scheduler::FamilyCounts* counts = nullptr;    ///< null: all of its tasks have been pruned
    std::vector<const scheduler::RecentRun*> pruned{};  ///< runs whose tasks have been pruned
    std::size_t total = 0;
    Time latest = Time::min();
    const scheduler::FamilyStats* stats = nullptr;
};

Candidate candidate_of(const TaskTable& tasks, const scheduler::Symbol& family, const scheduler::FamilyCounts& counts) {
    Candidate candidate{.family = *family, .counts = &counts, .total = counts.roots.size};
    for (const TaskId root : tasks.index().newest_roots(counts, max_roots_examined)) {
        if (is_batch_task(tasks[root]))
            --candidate.total;
        else if (candidate.newest.size() < max_runs)
            candidate.newest.push_back(root);
        else
            break;
        candidate.latest = std::max(candidate.latest, tasks[root].created);
    }
    return candidate;
}

void add_stats(const TaskTable& tasks, Candidate& candidate, const scheduler::FamilyStats& stats) {
    candidate.stats = &stats;
    for (const scheduler::RecentRun& run : stats.runs) {
        candidate.latest = std::max(candidate.latest, run.ended);
        if (tasks.find(run.task_id)) continue;
        ++candidate.total;
        candidate.pruned.push_back(&run);
    }
}

std::vector<Candidate> candidates_in(const SchedulerState& state) {
    std::map<std::string, Candidate> families;
    std::size_t examined = 0;
    for (const auto& [name, counts] : state.tasks.index().families())
        if (!name->empty() && counts.roots.size > 0 && examined++ < max_scanned)
            families.emplace(*name, candidate_of(state.tasks, name, counts));
    for (const auto& [name, stats] : state.family_stats.families()) {
        if (stats.runs.empty()) continue;
        Candidate& candidate = families[name];
        candidate.family = name;
        add_stats(state.tasks, candidate, stats);
    }
    std::vector<Candidate> all;
    for (auto& [name, candidate] : families)
        if (candidate.total > 0) all.push_back(std::move(candidate));
    return all;
}

/// Counts the transitive requirements of a task and finds its main blocker.
void count_tasks(const SchedulerState& state, TaskId root, std::size_t most, Run& run, Time now) {
    StatusCounts counts{};
    std::optional<std::pair<scheduler::BlockerKind, TaskId>> main_cause;
    std::vector<TaskId> found{root};
    std::unordered_set<TaskId> seen{root};
    for (std::size_t i = 0; i < found.size(); ++i) {
        const Task& task = state.tasks[found[i]];
        const auto kind = blocker_kind(task);
        ++counts[static_cast<std::size_t>(task.known ? task.status : Status::unknown)];
        if (kind == scheduler::BlockerKind::failed) ++run.failed;
        if (kind == scheduler::BlockerKind::external) run.awaits_external = true;
        if (i > 0 && kind && (!main_cause || *kind < main_cause->first)) main_cause.emplace(*kind, found[i]);
        for (const TaskId dep : task.deps)
            if (found.size() == most)
                run.is_complete = run.is_complete && seen.contains(dep);
            else if (seen.insert(dep).second)
                found.push_back(dep);
    }
    run.counts = counts;
    const bool waits = state.tasks[root].status == Status::pending && main_cause;
    if (waits) run.cause = ref_of(state.tasks[main_cause->second]);
    run.why = waits ? scheduler::describe_wait({blocker(state, main_cause->second, main_cause->first, now)})
                    : explain(state, root, now);
}

Run run_of(const SchedulerState& state, TaskId id, std::size_t& budget, Time now) {
    const Task& task = state.tasks[id];
    Run run{.task = ref_of(task), .registered = task.created};
    if (task.status == Status::done) run.ended = task.updated;
    if (budget == 0) {
        run.why = task.status == Status::pending ? "waits" : explain(state, id, now);
        return run;
    }
    count_tasks(state, id, std::min(budget, max_per_run), run, now);
    for (const std::size_t count : *run.counts) budget -= std::min(budget, count);
    return run;
}

Run run_of(const scheduler::RecentRun& past) {
    return {.task = {.id = past.task_id, .name = past.name, .status = past.status},
            .registered = past.registered,
            .ended = past.ended};
}

bool has_failures(const scheduler::RecentRun& run) {
    return std::ranges::any_of(run.families, [](const auto& family) {
        const StatusCounts& counts = family.second;
        return counts[static_cast<std::size_t>(Status::failed)] + counts[static_cast<std::size_t>(Status::disabled)] >
               0;
    });
}

std::vector<RunBlock> strip_of(const TaskTable& tasks, const Candidate& candidate) {
    std::vector<RunBlock> strip;
    if (candidate.counts)
        for (const TaskId root : tasks.index().newest_roots(*candidate.counts, max_strip_runs))
            if (!is_batch_task(tasks[root])) strip.push_back({ref_of(tasks[root]), tasks[root].created});
    for (const scheduler::RecentRun* const run : candidate.pruned)
        strip.push_back({{run->task_id, run->name, run->status}, run->registered, true, has_failures(*run)});
    std::ranges::stable_sort(strip, std::greater<>(), &RunBlock::registered);
    if (strip.size() > max_strip_runs) strip.resize(max_strip_runs);
    return strip;
}

FamilyRuns family_runs(const TaskTable& tasks, const Candidate& candidate) {
    FamilyRuns family{.name = shortened(candidate.family, max_text_length),
                      .runs = {.total = candidate.total},
                      .strip = strip_of(tasks, candidate)};
    if (!candidate.stats || candidate.stats->last_success == scheduler::never) return family;
    family.last_success = candidate.stats->last_success;
    family.last_duration = candidate.stats->last_duration;
    return family;
}

}  // namespace

void take_recent_runs(const SchedulerState& state, Snapshot& snapshot) {
    TruncatedList<Candidate> candidates{.items = candidates_in(state)};
    snapshot.recent_runs.total = candidates.items.size();
    keep_first(candidates, max_run_families, [](const auto& a, const auto& b) {
        return a.latest != b.latest ? a.latest > b.latest : a.family < b.family;
    });
    for (const Candidate& candidate : candidates.items)
        snapshot.recent_runs.items.push_back(family_runs(state.tasks, candidate));
    // Spends the budget on the newest run of every family before the second of any.
    std::size_t budget = max_counted;
    for (std::size_t rank = 0; rank < max_runs; ++rank)
        for (std::size_t i = 0; i < candidates.items.size(); ++i) {
            const Candidate& candidate = candidates.items[i];
            auto& runs = snapshot.recent_runs.items[i].runs.items;
            if (rank < candidate.newest.size())
                runs.push_back(run_of(state, candidate.newest[rank], budget, snapshot.taken));
            else if (rank < candidate.newest.size() + candidate.pruned.size())
                runs.push_back(run_of(*candidate.pruned[rank - candidate.newest.size()]));
        }
}

}  // namespace freshet::dashboard

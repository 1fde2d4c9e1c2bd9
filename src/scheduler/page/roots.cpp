// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "scheduler/page/bounds.hpp"

#include <map>
#include <unordered_set>

namespace freshet::scheduler::page {

namespace {

constexpr std::size_t most_looked_through = 5 * most_runs;  // some may stand for a batch

/// The roots of a family that are to be shown, before anything is counted.
struct Candidate {
    std::string family{};
    std::vector<TaskId> newest{};
    std::vector<PastRun> past{};  ///< whose tasks are forgotten
    std::size_t total = 0;
    Time latest = Time::min();
    const FamilyPast* memory = nullptr;
};

/// A task that a worker made of a batch stands for others; it is nobody's goal.
bool stands_for_batch(const Task& task) { return task.batch && !task.batchable; }

Candidate candidate_of(const TaskTable& tasks, const Name& family, const FamilyTally& tally) {
    Candidate candidate{.family = *family, .total = tally.roots.size};
    for (const TaskId root : tasks.index().newest_roots(tally, most_looked_through)) {
        if (stands_for_batch(tasks[root]))
            --candidate.total;
        else if (candidate.newest.size() < most_runs)
            candidate.newest.push_back(root);
        else
            break;
        candidate.latest = std::max(candidate.latest, tasks[root].created);
    }
    return candidate;
}

void add_memory(const TaskTable& tasks, Candidate& candidate, const FamilyPast& memory) {
    candidate.memory = &memory;
    for (const PastRun& run : memory.runs) {
        candidate.latest = std::max(candidate.latest, run.ended);
        if (tasks.find(run.task_id)) continue;
        ++candidate.total;
        candidate.past.push_back(run);
    }
}

std::vector<Candidate> candidates_in(const Board& board) {
    std::map<std::string, Candidate> families;
    std::size_t looked_at = 0;
    for (const auto& [name, tally] : board.tasks.index().families())
        if (!name->empty() && tally.roots.size > 0 && looked_at++ < most_scanned)
            families.emplace(*name, candidate_of(board.tasks, name, tally));
    for (const auto& [name, memory] : board.chronicle.families()) {
        if (memory.runs.empty()) continue;
        Candidate& candidate = families[name];
        candidate.family = name;
        add_memory(board.tasks, candidate, memory);
    }
    std::vector<Candidate> all;
    for (auto& [name, candidate] : families)
        if (candidate.total > 0) all.push_back(std::move(candidate));
    return all;
}

/// Counts what a task requires, near and far, and finds what holds it up.
void count_tasks(const Board& board, TaskId root, std::size_t most, Run& run, Time now) {
    StatusCounts counts{};
    std::optional<std::pair<Hindrance, TaskId>> clearest;
    std::vector<TaskId> found{root};
    std::unordered_set<TaskId> seen{root};
    for (std::size_t i = 0; i < found.size(); ++i) {
        const Task& task = board.tasks[found[i]];
        const auto hindrance = hindrance_of(task);
        ++counts[static_cast<std::size_t>(task.known ? task.status : Status::unknown)];
        if (hindrance == Hindrance::failed) ++run.stuck;
        if (hindrance == Hindrance::external) run.awaits_others = true;
        if (i > 0 && hindrance && (!clearest || *hindrance < clearest->first)) clearest.emplace(*hindrance, found[i]);
        for (const TaskId dep : task.deps)
            if (found.size() == most)
                run.is_complete = run.is_complete && seen.contains(dep);
            else if (seen.insert(dep).second)
                found.push_back(dep);
    }
    run.counts = counts;
    const bool waits = board.tasks[root].status == Status::pending && clearest;
    run.why = waits ? waits_for({obstacle(board, clearest->second, clearest->first, now)}) : explain(board, root, now);
}

Run run_of(const Board& board, TaskId id, std::size_t& left, Time now) {
    const Task& task = board.tasks[id];
    Run run{.task = ref_of(task), .registered = task.created};
    if (task.status == Status::done) run.ended = task.updated;
    if (left == 0) {
        run.why = task.status == Status::pending ? "waits" : explain(board, id, now);
        return run;
    }
    count_tasks(board, id, std::min(left, most_of_a_run), run, now);
    for (const std::size_t count : *run.counts) left -= std::min(left, count);
    return run;
}

Run run_of(const PastRun& past) {
    return {.task = {.id = past.task_id, .name = past.name, .status = past.status},
            .registered = past.registered,
            .ended = past.ended};
}

RootFamily described(const Candidate& candidate) {
    RootFamily family{.name = shortened(candidate.family, longest_text), .runs = {.total = candidate.total}};
    if (!candidate.memory || candidate.memory->last_success == never) return family;
    family.last_success = candidate.memory->last_success;
    family.last_duration = candidate.memory->last_duration;
    return family;
}

}  // namespace

void take_roots(const Board& board, Snapshot& snapshot) {
    Listed<Candidate> candidates{.items = candidates_in(board)};
    snapshot.roots.total = candidates.items.size();
    keep_first(candidates, most_root_families, [](const auto& a, const auto& b) {
        return a.latest != b.latest ? a.latest > b.latest : a.family < b.family;
    });
    for (const Candidate& candidate : candidates.items) snapshot.roots.items.push_back(described(candidate));
    // The newest of every family is counted before the second of any, as long as it lasts.
    std::size_t left = most_counted;
    for (std::size_t rank = 0; rank < most_runs; ++rank)
        for (std::size_t i = 0; i < candidates.items.size(); ++i) {
            const Candidate& candidate = candidates.items[i];
            auto& runs = snapshot.roots.items[i].runs.items;
            if (rank < candidate.newest.size())
                runs.push_back(run_of(board, candidate.newest[rank], left, snapshot.taken));
            else if (rank < candidate.newest.size() + candidate.past.size())
                runs.push_back(run_of(candidate.past[rank - candidate.newest.size()]));
        }
}

}  // namespace freshet::scheduler::page

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/run_state.hpp"

#include <algorithm>

namespace freshet::dashboard {

namespace {

StateLabel state_of(Status status) { return {severity_of(status), label_of(status)}; }

StateLabel unfinished(bool has_failures) { return {has_failures ? Severity::error : Severity::warning, "UNFINISHED"}; }

/// Of a run whose root waits for others.
StateLabel state_while_pending(const StatusCounts& counts, std::size_t failed, bool awaits_external) {
    const auto count = [&](Status status) { return counts[static_cast<std::size_t>(status)]; };
    if (failed > 0) return {Severity::error, "BLOCKED"};
    if (count(Status::running) + count(Status::batch_running) > 0) return {Severity::active, "RUNNING"};
    if (count(Status::failed) > 0 || awaits_external) return {Severity::warning, "NOT READY"};
    return {Severity::neutral, "WAITING"};
}

bool is_unfinished(const RunBlock& block) { return block.is_removed && block.root.status == Status::pending; }

}  // namespace

StateLabel state_of(const Run& run) {
    if (!run.counts && run.ended && run.task.status == Status::pending) return unfinished(false);
    if (!run.counts || run.task.status != Status::pending) return state_of(run.task.status);
    return state_while_pending(*run.counts, run.failed, run.awaits_external);
}

StateLabel state_of(const RunBlock& block, const FamilyRuns& family) {
    if (is_unfinished(block)) return unfinished(block.has_failures);
    const auto run = std::ranges::find(family.runs.items, block.root.id, [](const Run& one) { return one.task.id; });
    return run != family.runs.items.end() ? state_of(*run) : state_of(block.root.status);
}

StateLabel state_of(const GridRun& run) {
    if (run.root.status != Status::pending) return state_of(run.root.status);
    StatusCounts counts{};
    for (const auto& [family, of_family] : run.families)
        for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += of_family[i];
    if (run.is_removed) return unfinished(severity_of(counts) == Severity::error);
    return state_while_pending(counts, run.failed, run.awaits_external);
}

}  // namespace freshet::dashboard

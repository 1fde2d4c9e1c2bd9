// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/run_state.hpp"

#include <algorithm>

namespace freshet::dashboard {

namespace {

StateLabel state_of(Status status) { return {severity_of(status), label_of(status)}; }

bool is_unfinished(const RunBlock& block) { return block.is_removed && block.root.status == Status::pending; }

}  // namespace

StateLabel state_of(const Run& run) {
    const auto count = [&](Status status) { return (*run.counts)[static_cast<std::size_t>(status)]; };
    if (!run.counts && run.ended && run.task.status == Status::pending) return {Severity::warning, "UNFINISHED"};
    if (!run.counts || run.task.status != Status::pending) return state_of(run.task.status);
    if (run.failed > 0) return {Severity::error, "BLOCKED"};
    if (count(Status::running) + count(Status::batch_running) > 0) return {Severity::active, "RUNNING"};
    if (count(Status::failed) > 0 || run.awaits_external) return {Severity::warning, "NOT READY"};
    return {Severity::neutral, "WAITING"};
}

StateLabel state_of(const RunBlock& block, const FamilyRuns& family) {
    if (is_unfinished(block)) return {block.has_failures ? Severity::error : Severity::warning, "UNFINISHED"};
    const auto run = std::ranges::find(family.runs.items, block.root.id, [](const Run& one) { return one.task.id; });
    StateLabel state = state_of(block.root.status);
    if (run != family.runs.items.end() && run->counts && block.root.status == Status::pending)
        state.severity = severity_of(*run->counts);
    return state;
}

}  // namespace freshet::dashboard

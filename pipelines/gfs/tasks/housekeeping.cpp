// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/housekeeping.hpp"

#include "tasks/cycle_tasks.hpp"
#include "tasks/retention.hpp"

#include <fmt/format.h>

namespace gfs {

namespace {

/// What the task is about, if it is about whole cycles.
std::optional<CycleWanted> cycle_wanted(const freshet::AnyTask& task) {
    const freshet::Values values = task.values();
    if (!values.contains("keep_cycles")) return std::nullopt;
    CycleWanted wanted;
    for (const Parameter& parameter : CycleWanted::parameters)
        if (const auto value = values.find(parameter.name); value != values.end()) parameter.read(&wanted, value->second);
    return wanted;
}

}  // namespace

std::vector<std::string> keep_house(const freshet::RunEnd& end) {
    const auto wanted = cycle_wanted(end.root);
    if (!wanted || wanted->keep_cycles < 1) return {};
    if (end.undelivered_events > 0)
        return {fmt::format("no cycle was removed: {} events are not delivered yet, and may name what would go", end.undelivered_events)};
    return remove_old_cycles(wanted->store().dataset_folder(), wanted->canonical_leads(), wanted->keep_cycles, end.now);
}

}  // namespace gfs

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/snapshot.hpp"
#include "store/history.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace freshet::dashboard {

/// What the scheduler knows of the tasks of a run, which the history does not.
struct RunGraph {
    std::map<std::string, std::vector<std::string>> requirements{};  ///< of each of them, among them
    std::vector<std::string> kept_chain{};  ///< ids of the longest chain of a run whose tasks were removed, in order
};

inline constexpr std::size_t max_run_edges = 50'000;

/// Copies the requirements of the tasks that the scheduler still knows.
RunGraph take_run_graph(const SchedulerState& state, const std::set<std::string>& tasks);

/// The ids of the tasks whose last attempts took longest one after the other, the first one first; empty without
/// requirements.
std::vector<std::string> longest_chain(const std::vector<store::AttemptRow>& attempts, const RunGraph& graph, Time now);

}  // namespace freshet::dashboard

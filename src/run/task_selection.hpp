// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/task.hpp"
#include "worker/plan.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace freshet::run {

/// The tasks to run again, whose outputs are moved aside first.
struct Rerun {
    std::string task{};       ///< as worker::TaskGraph::find() takes it; empty: none
    bool downstream = false;  ///< with those of the graph that require them
};

/// The part of the graph that a run is about.
struct TaskSelection {
    std::string until{};                ///< these tasks and what they require, named as in Rerun; empty: the roots
    std::vector<std::string> except{};  ///< families of which none runs
    Rerun rerun{};
};

/// Returns the tasks that a run is to complete instead of `roots`. Throws ParameterError for an unknown --until.
std::vector<AnyTask> tasks_until(const std::vector<AnyTask>& roots, const std::string& until);

/// Returns the tasks to run again. Throws ParameterError, naming `option`, for one that is not in the graph.
std::vector<AnyTask> tasks_to_rerun(const std::vector<AnyTask>& roots, const Rerun& rerun, std::string_view option);

/// A plan without the tasks of some families.
struct ReducedPlan {
    std::vector<AnyTask> roots{};  ///< those that can still be completed, and all that the tasks left out require
    std::size_t left_out = 0;      ///< incomplete tasks of the families
    std::size_t dependents = 0;    ///< tasks that are not run because they require one of those
};

/// Leaves out the incomplete tasks of the families, what only they require, and what requires them.
ReducedPlan leave_out(const worker::Plan& plan, const std::vector<std::string>& families);

}  // namespace freshet::run

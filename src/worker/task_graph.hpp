// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/task.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace freshet::worker {

/// What becomes of the errors of requirements().
enum class RequirementErrors { thrown, ignored };

/// Some tasks and all that they require, breadth-first. Not a plan, which stops at complete tasks.
class TaskGraph {
public:
    explicit TaskGraph(const std::vector<AnyTask>& roots, RequirementErrors errors = RequirementErrors::thrown);

    const std::vector<AnyTask>& tasks() const { return tasks_; }
    /// The tasks, by their positions, that each of tasks() requires.
    const std::vector<std::vector<std::size_t>>& requirements() const { return requirements_; }

    /// Finds the task with that id, all of that family, the one whose id begins so, or the one with that output.
    /// Throws ParameterError when there is none, with the nearest family, or when several ids begin so.
    std::vector<AnyTask> find(std::string_view name) const;

    /// Returns the tasks and all that require them, directly or not.
    std::vector<AnyTask> with_dependents(const std::vector<AnyTask>& tasks) const;

private:
    std::size_t find_or_add(AnyTask task);
    template <class Predicate>
    std::vector<AnyTask> select(Predicate is_selected) const;
    std::vector<AnyTask> with_output(std::string_view address) const;
    [[noreturn]] void reject(std::string_view name) const;

    std::vector<AnyTask> tasks_;
    std::vector<std::vector<std::size_t>> requirements_;
    std::unordered_map<std::string, std::size_t> positions_;  ///< by id
};

}  // namespace freshet::worker

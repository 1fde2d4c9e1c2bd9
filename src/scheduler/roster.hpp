// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/task_lists.hpp"

#include <map>
#include <set>

namespace freshet::scheduler {

/// The tasks of each worker set, each task in one: those of a worker are found by the sets that it is in.
class TasksByWorker {
public:
    void insert(const WorkerSet& worker_set, TaskId task);
    void erase(const WorkerSet& worker_set, TaskId task);

    /// Costs what the worker's own tasks cost, however many others there are.
    TaskList tasks_of(const Symbol& worker) const;

private:
    std::map<WorkerSet, TaskList> tasks_;  ///< none is empty, and none is of an empty set
    std::map<Symbol, std::set<WorkerSet>> worker_sets_of_;
    SwapRemovePositions positions_;
};

}  // namespace freshet::scheduler

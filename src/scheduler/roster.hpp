// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/task_lists.hpp"

#include <map>
#include <set>

namespace freshet::scheduler {

/// Which tasks each crew has, each task one crew: those of a worker are found by the crews that it is in.
class Roster {
public:
    void enter(const Crew& crew, TaskId task);
    void leave(const Crew& crew, TaskId task);

    /// Costs what the worker's own tasks cost, however many others there are.
    TaskList tasks_of(const Name& worker) const;

private:
    std::map<Crew, TaskList> tasks_;  ///< none is empty, and none is of an empty crew
    std::map<Name, std::set<Crew>> crews_of_;
    ListPositions positions_;
};

}  // namespace freshet::scheduler

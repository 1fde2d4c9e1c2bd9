// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/board.hpp"

#include <span>

namespace freshet::scheduler {

/// A task as Luigi's page reads it.
Json::Object serialised(const Board& board, TaskId task);
/// With its dependencies.
Json serialised_with_deps(const Board& board, TaskId task);

/// The ids of tasks, as JSON.
Json ids_of(const Board& board, std::span<const TaskId> tasks);

}  // namespace freshet::scheduler

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/board.hpp"
#include "wire/request.hpp"

/// What Luigi's page and tools ask, in the JSON that they read. None changes anything.
namespace freshet::scheduler {

Json task_list(const Board& board, const wire::TaskList& request);
/// The number of tasks alone, when there are too many to list; else nothing.
std::optional<Json> too_many(const Board& board, const wire::TaskList& request);
Json task_search(const Board& board, const wire::TaskSearch& request);
Json fetch_error(const Board& board, const wire::FetchError& request);
Json worker_list(const Board& board, const wire::WorkerList& request);
Json resource_list(const Board& board, Time now);
Json status_message(const Board& board, const wire::GetTaskStatusMessage& request);
Json progress(const Board& board, const wire::GetTaskProgressPercentage& request);
Json running_resources(const Board& board, const wire::GetRunningTaskResources& request);

Json dep_graph(const Board& board, const wire::DepGraph& request);
Json inverse_dep_graph(const Board& board, const wire::InverseDepGraph& request);
Json graph(const Board& board);

}  // namespace freshet::scheduler

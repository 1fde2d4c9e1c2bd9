// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/registry.hpp"
#include "freshet/task.hpp"
#include "rpc/requests.hpp"
#include "rpc/responses.hpp"

#include <string>
#include <vector>

namespace freshet::worker {

/// Returns the declarations of the batched parameters of the registry's classes.
std::vector<rpc::Request> batchers(const Registry& registry, const std::string& worker);

/// Returns the assignments of the tasks of the batch, each as if it were assigned alone.
std::vector<rpc::Assignment> members_of(const rpc::BatchAssignment& batch);

/// Returns the task that runs for all of `tasks`, which differ in batched parameters only. Throws what a batch method
/// throws.
AnyTask combined_task(const Registry& registry, const std::vector<AnyTask>& tasks);

}  // namespace freshet::worker

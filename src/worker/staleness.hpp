// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/registry.hpp"
#include "freshet/task.hpp"
#include "target/lineage.hpp"
#include "worker/plan.hpp"

#include <string>
#include <vector>

namespace freshet::worker {

/// A complete task that is out of date.
struct StaleTask {
    AnyTask task;
    std::string reason;  ///< names the input, or the required task that runs again
    /// According to its staleness policy, or to that of a task that it requires, if an output can be retired.
    bool will_rerun;
};

/// Returns why one of the outputs of a complete task is stale, or ""; a manifest is when what it lists is missing.
/// Throws Error for an invalid receipt.
std::string staleness_reason(const AnyTask& task, target::DigestCache& digests);

/// Finds the stale ones among the complete tasks below `roots`, requirements first. Not a plan, which stops at complete
/// tasks; takes from `plan` which tasks are complete, where it has them. None of a class with Staleness::ignore; none
/// at all where the graph has a cycle. Of a range, looks at all the tasks that it is about, up to its limit.
std::vector<StaleTask> find_stale(const std::vector<AnyTask>& roots, const Plan* plan = nullptr);

/// True when a class in the registry is made again when it is stale.
bool has_rerun_policy(const Registry& registry);

/// The receipts of the task's outputs, as text, if they are files, which can be replaced as others are published; else
/// none: they are to be retired before.
std::vector<std::string> receipts_of_files(const AnyTask& task);

/// Moves the published outputs of the task aside, so that it is not complete. Returns a clause that says where to.
std::string retire(const AnyTask& task);

/// True when the class of one of the outputs lets it be moved aside.
bool can_be_retired(const AnyTask& task);

}  // namespace freshet::worker

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/scheduler_state.hpp"

#include <string>

namespace freshet::scheduler {

/// Tasks that wait for no other, and that nothing but their family tells apart for a worker.
struct ReadyTasks {
    const WorkerSet& workers;
    const ResourceRequest& resources;
    bool was_offered = false;  ///< some worker offered to run it, so that any assistant may
    const Symbol& family;
};

/// Why a task that waits for no other has not been handed out.
struct BlockReason {
    std::string text{};           ///< a sentence that begins after its name
    bool needs_operator = false;  ///< it will not pass by itself
    bool is_external = false;     ///< nobody here runs it: its output appears some day
};
BlockReason block_reason(const SchedulerState& state, const ReadyTasks& tasks, Time now);

}  // namespace freshet::scheduler

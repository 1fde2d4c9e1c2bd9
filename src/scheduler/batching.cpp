// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/batching.hpp"

#include <algorithm>

namespace freshet::scheduler {

namespace {

const std::string* value_of(const Task& task, const std::string& name) {
    const auto found =
        std::find_if(task.params.begin(), task.params.end(), [&](const auto& p) { return p.first == name; });
    return found == task.params.end() ? nullptr : &found->second;
}

bool has_all(const Task& task, const Batcher& batcher) {
    return std::all_of(batcher.parameters.begin(), batcher.parameters.end(),
                       [&](const std::string& name) { return value_of(task, name) != nullptr; });
}

bool differ_only_in_batched(const Task& a, const Task& b, const Batcher& batcher) {
    return std::all_of(a.params.begin(), a.params.end(), [&](const auto& parameter) {
        const auto& batched = batcher.parameters;
        if (std::find(batched.begin(), batched.end(), parameter.first) != batched.end()) return true;
        const std::string* other = value_of(b, parameter.first);
        return other && *other == parameter.second;
    });
}

bool is_own(const Task& task, const Worker& worker) {
    return std::find(task.workers->begin(), task.workers->end(), worker.name) != task.workers->end();
}

}  // namespace

std::vector<TaskId> batch_of(const SchedulerState& state, const WorkerQuery& query, TaskId first) {
    const Worker& worker = query.worker;
    const Task& leader = state.tasks[first];
    const auto batcher = worker.batchers.find(*leader.family);
    if (batcher == worker.batchers.end() || batcher->second.parameters.empty() || !leader.batchable ||
        !has_all(leader, batcher->second))
        return {first};
    const bool own_only = is_trivial(state, query) || (!query.families.empty() && !query.accepts_family(leader.family));
    const std::size_t max_size = batcher->second.max_size
                                     ? static_cast<std::size_t>(std::max<std::int64_t>(*batcher->second.max_size, 0))
                                     : std::size_t(-1);
    std::vector<TaskId> batch{first};
    const RankedTasks& candidates = state.tasks.index().ready().batchable(leader.family, leader.resources);
    for (auto next = candidates.upper_bound({leader.priority, leader.sequence, first});
         next != candidates.end() && batch.size() < max_size; ++next) {
        const Task& task = state.tasks[next->task];
        if ((!own_only || is_own(task, worker)) && has_all(task, batcher->second) &&
            differ_only_in_batched(leader, task, batcher->second))
            batch.push_back(next->task);
    }
    return batch;
}

}  // namespace freshet::scheduler

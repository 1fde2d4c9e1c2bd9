// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/ready_queues.hpp"

namespace freshet::scheduler {

namespace {

ReadyQueues::Key queue_key(const IndexKey& key) {
    return {key.workers.get(), key.resources.get(), key.runnable, key.family.get()};
}

}  // namespace

void ReadyQueues::insert(const IndexKey& key) {
    auto& queue = queues_[queue_key(key)];
    if (queue.tasks.empty()) queue = {key.workers, key.resources, key.runnable, key.family, {}};
    queue.tasks.insert(queue.tasks.end(), key.rank);  // the usual place: what comes last is the last in rank
    ++size_;
    if (key.batchable) batchable_[{key.family.get(), key.resources.get()}].insert(key.rank);
}

void ReadyQueues::erase(const IndexKey& key) {
    const auto queue = queues_.find(queue_key(key));
    queue->second.tasks.erase(key.rank);
    --size_;
    if (queue->second.tasks.empty()) queues_.erase(queue);
    if (!key.batchable) return;
    const auto batch = batchable_.find({key.family.get(), key.resources.get()});
    batch->second.erase(key.rank);
    if (batch->second.empty()) batchable_.erase(batch);
}

const RankedTasks& ReadyQueues::batchable(const Symbol& family, const ResourceRequest& resources) const {
    static const RankedTasks none;
    const auto found = batchable_.find({family.get(), resources.get()});
    return found == batchable_.end() ? none : found->second;
}

}  // namespace freshet::scheduler

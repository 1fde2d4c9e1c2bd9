// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/ready_queues.hpp"

namespace freshet::scheduler {

namespace {

ReadyQueues::Key key_of(const Place& place) {
    return {place.workers.get(), place.resources.get(), place.runnable, place.family.get()};
}

}  // namespace

void ReadyQueues::enter(const Place& place) {
    auto& queue = queues_[key_of(place)];
    if (queue.tasks.empty()) queue = {place.workers, place.resources, place.runnable, place.family, {}};
    queue.tasks.insert(queue.tasks.end(), place.rank);  // the usual place: what comes last is the last in rank
    ++size_;
    if (place.batchable) batchable_[{place.family.get(), place.resources.get()}].insert(place.rank);
}

void ReadyQueues::leave(const Place& place) {
    const auto queue = queues_.find(key_of(place));
    queue->second.tasks.erase(place.rank);
    --size_;
    if (queue->second.tasks.empty()) queues_.erase(queue);
    if (!place.batchable) return;
    const auto batch = batchable_.find({place.family.get(), place.resources.get()});
    batch->second.erase(place.rank);
    if (batch->second.empty()) batchable_.erase(batch);
}

const Ranks& ReadyQueues::batchable(const Name& family, const Demand& resources) const {
    static const Ranks none;
    const auto found = batchable_.find({family.get(), resources.get()});
    return found == batchable_.end() ? none : found->second;
}

}  // namespace freshet::scheduler

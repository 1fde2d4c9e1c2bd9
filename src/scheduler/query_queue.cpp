// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/query_queue.hpp"

#include "scheduler/sliced_query.hpp"

#include <algorithm>
#include <iterator>

namespace freshet::scheduler {

namespace {

constexpr Budget slice{12'500};                         // about a quarter of a millisecond
constexpr std::chrono::milliseconds recheck_delay{10};  // of the room for results

}  // namespace

void QueryQueue::add(std::vector<Query> arrived) { std::ranges::move(arrived, std::back_inserter(waiting_)); }

void QueryQueue::advance(const SchedulerState& state, Time now) {
    std::erase_if(waiting_, [](const Query& query) { return !query.is_connected(); });
    if (running_ && !running_->query.is_connected()) running_.reset();
    begin(state, now);
    if (!running_ || !running_->slices->step(state, slice)) return;
    auto result = std::make_shared<QueryResult>(running_->slices->take_result());
    unsent_.push_back({result, result->size()});
    finished_.push_back({std::move(running_->query.on_done), std::move(result)});
    running_.reset();
}

void QueryQueue::begin(const SchedulerState& state, Time now) {
    if (running_ || waiting_.empty() || !has_room()) return;
    auto slices = waiting_.front().query.make(state, now);
    running_ = {std::move(waiting_.front()), std::move(slices)};
    waiting_.pop_front();
}

bool QueryQueue::has_room() {
    std::erase_if(unsent_, [](const Unsent& one) { return one.result.expired(); });
    std::size_t size = 0;
    for (const Unsent& one : unsent_) size += one.size;
    return size < budget_;
}

std::optional<Time> QueryQueue::next_due(Time now) const {
    if (running_) return now;
    if (!waiting_.empty()) return now + recheck_delay;
    return std::nullopt;
}

}  // namespace freshet::scheduler

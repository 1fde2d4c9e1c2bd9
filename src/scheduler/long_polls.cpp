// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/long_polls.hpp"

namespace freshet::scheduler {

std::optional<LongPoll> LongPolls::park(LongPoll poll) {
    auto earlier = withdraw(poll.request.worker);
    const Sequence sequence = ++last_sequence_;
    by_worker_[poll.request.worker] = sequence;
    due_.insert({poll.deadline, sequence});
    polls_.emplace(sequence, std::move(poll));
    return earlier;
}

std::optional<LongPoll> LongPolls::withdraw(const std::string& worker) {
    const auto found = by_worker_.find(worker);
    if (found == by_worker_.end()) return std::nullopt;
    return extract(found->second);
}

LongPoll LongPolls::extract(Sequence sequence) {
    LongPoll poll = std::move(polls_.extract(sequence).mapped());
    due_.erase({poll.deadline, sequence});
    by_worker_.erase(poll.request.worker);
    return poll;
}

std::vector<LongPoll> LongPolls::take(const StateMachine& machine, Time now) {
    std::vector<LongPoll> taken;
    take_due(taken, now);
    if (machine.drained_generation() != seen_drained_generation_) take_stopped(taken, machine);
    if (machine.ready_generation() != seen_ready_generation_) take_servable(taken, machine, now);
    return taken;
}

void LongPolls::take_due(std::vector<LongPoll>& taken, Time now) {
    while (!due_.empty() && due_.begin()->first <= now) {
        LongPoll poll = extract(due_.begin()->second);
        if (poll.is_connected()) taken.push_back(std::move(poll));
    }
}

template <class Choice>
void LongPolls::take_up_to(std::size_t limit, std::vector<LongPoll>& taken, Choice&& is_chosen) {
    for (auto next = polls_.begin(); next != polls_.end() && limit > 0;) {
        const auto here = next++;
        if (!is_chosen(here->second.request)) continue;
        LongPoll poll = extract(here->first);
        if (!poll.is_connected()) continue;
        taken.push_back(std::move(poll));
        --limit;
    }
}

void LongPolls::take_stopped(std::vector<LongPoll>& taken, const StateMachine& machine) {
    take_up_to(polls_.size(), taken, [&](const rpc::GetWork& request) { return machine.should_stop_waiting(request); });
    seen_drained_generation_ = machine.drained_generation();
}

/// Takes no more polls than there are ready tasks: many workers could run a task, but one gets it. The others are
/// considered again while tasks are ready.
void LongPolls::take_servable(std::vector<LongPoll>& taken, const StateMachine& machine, Time now) {
    const std::size_t before = taken.size();
    take_up_to(machine.ready(), taken, [&](const rpc::GetWork& request) { return machine.has_work_for(request, now); });
    const bool all_were_seen = taken.size() - before < machine.ready();
    if (all_were_seen || machine.ready() == 0) seen_ready_generation_ = machine.ready_generation();
}

std::vector<LongPoll> LongPolls::take_all() {
    std::vector<LongPoll> taken;
    while (!polls_.empty()) taken.push_back(extract(polls_.begin()->first));
    return taken;
}

void LongPolls::shift_deadlines(Time::duration change) {
    due_.clear();
    for (auto& [sequence, poll] : polls_) {
        if (poll.deadline != Time::max()) poll.deadline += change;
        due_.emplace(poll.deadline, sequence);
    }
}

std::optional<Time> LongPolls::next_due() const {
    return due_.empty() ? std::nullopt : std::optional(due_.begin()->first);
}

}  // namespace freshet::scheduler

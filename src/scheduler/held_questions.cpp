// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/held_questions.hpp"

namespace freshet::scheduler {

std::optional<HeldQuestion> HeldQuestions::hold(HeldQuestion held) {
    auto earlier = withdraw(held.question.worker);
    const Number number = ++last_;
    of_worker_[held.question.worker] = number;
    due_.insert({held.until, number});
    held_.emplace(number, std::move(held));
    return earlier;
}

std::optional<HeldQuestion> HeldQuestions::withdraw(const std::string& worker) {
    const auto found = of_worker_.find(worker);
    if (found == of_worker_.end()) return std::nullopt;
    return extract(found->second);
}

HeldQuestion HeldQuestions::extract(Number number) {
    HeldQuestion held = std::move(held_.extract(number).mapped());
    due_.erase({held.until, number});
    of_worker_.erase(held.question.worker);
    return held;
}

std::vector<HeldQuestion> HeldQuestions::take(const State& state, Time now) {
    std::vector<HeldQuestion> taken;
    take_due(taken, now);
    if (state.endings() != seen_endings_) take_news(taken, state);
    if (state.openings() != seen_openings_) take_work(taken, state, now);
    return taken;
}

void HeldQuestions::take_due(std::vector<HeldQuestion>& taken, Time now) {
    while (!due_.empty() && due_.begin()->first <= now) {
        HeldQuestion held = extract(due_.begin()->second);
        if (held.is_wanted()) taken.push_back(std::move(held));
    }
}

template <class Choice>
void HeldQuestions::take_up_to(std::size_t most, std::vector<HeldQuestion>& taken, Choice&& is_chosen) {
    for (auto next = held_.begin(); next != held_.end() && most > 0;) {
        const auto here = next++;
        if (!is_chosen(here->second.question)) continue;
        HeldQuestion held = extract(here->first);
        if (!held.is_wanted()) continue;
        taken.push_back(std::move(held));
        --most;
    }
}

void HeldQuestions::take_news(std::vector<HeldQuestion>& taken, const State& state) {
    take_up_to(held_.size(), taken, [&](const wire::GetWork& question) { return state.has_news_for(question); });
    seen_endings_ = state.endings();
}

/// One task is work for all who could run it, but only one of them gets it: when it is gone, and others are ready, the
/// rest are looked at again.
void HeldQuestions::take_work(std::vector<HeldQuestion>& taken, const State& state, Time now) {
    const std::size_t before = taken.size();
    take_up_to(state.ready(), taken, [&](const wire::GetWork& question) { return state.has_work_for(question, now); });
    const bool all_were_seen = taken.size() - before < state.ready();
    if (all_were_seen || state.ready() == 0) seen_openings_ = state.openings();
}

std::vector<HeldQuestion> HeldQuestions::take_all() {
    std::vector<HeldQuestion> taken;
    while (!held_.empty()) taken.push_back(extract(held_.begin()->first));
    return taken;
}

std::optional<Time> HeldQuestions::next_due() const {
    return due_.empty() ? std::nullopt : std::optional(due_.begin()->first);
}

}  // namespace freshet::scheduler

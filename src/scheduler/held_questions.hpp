// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "scheduler/executor.hpp"
#include "scheduler/state.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace freshet::scheduler {

/// A question for work whose answer waits until there is some.
struct HeldQuestion {
    wire::GetWork question;
    Answered answered;
    IsWanted is_wanted;
    Time until{};
    wire::Response in_vain{};  ///< what it was answered when it came
};

/// The questions for work that wait, one a worker, served as they came. How many there are costs nothing while nothing
/// becomes ready.
class HeldQuestions {
public:
    /// Gives back an earlier one of the same worker, which does not wait for it any more.
    std::optional<HeldQuestion> hold(HeldQuestion held);
    /// Gives back that of the worker, if it waits.
    std::optional<HeldQuestion> withdraw(const std::string& worker);

    /// Takes out those that are to be asked again: whose time is up, for whom there are news, and as many as there is
    /// work for. Of those that nobody waits for any more it forgets the ones it comes across.
    std::vector<HeldQuestion> take(const State& state, Time now);
    std::vector<HeldQuestion> take_all();

    /// When the first one's time is up.
    std::optional<Time> next_due() const;
    std::size_t size() const { return held_.size(); }

private:
    using Number = std::uint64_t;

    HeldQuestion extract(Number number);
    template <class Choice>
    void take_up_to(std::size_t most, std::vector<HeldQuestion>& taken, Choice&& is_chosen);
    void take_due(std::vector<HeldQuestion>& taken, Time now);
    void take_news(std::vector<HeldQuestion>& taken, const State& state);
    void take_work(std::vector<HeldQuestion>& taken, const State& state, Time now);

    std::map<Number, HeldQuestion> held_;  ///< as they came
    std::map<std::string, Number> of_worker_;
    std::set<std::pair<Time, Number>> due_;
    Number last_ = 0;
    std::uint64_t seen_openings_ = 0;
    std::uint64_t seen_endings_ = 0;
};

}  // namespace freshet::scheduler

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "scheduler/executor.hpp"
#include "scheduler/state_machine.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace freshet::scheduler {

/// A request for work whose answer waits until there is some.
struct LongPoll {
    rpc::GetWork request;
    OnReply on_reply;
    IsConnected is_connected;
    Time deadline{};
    rpc::Response empty_reply{};  ///< what it was answered when it came
};

/// The requests for work that wait, one a worker, served as they came. How many there are costs nothing while nothing
/// becomes ready.
class LongPolls {
public:
    /// Gives back an earlier one of the same worker, which does not wait for it any more.
    std::optional<LongPoll> park(LongPoll poll);
    /// Gives back that of the worker, if it waits.
    std::optional<LongPoll> withdraw(const std::string& worker);

    /// Takes out those that are to be asked again: whose time is up, for whom there are news, and as many as there is
    /// work for. Of those that nobody waits for any more it forgets the ones it comes across.
    std::vector<LongPoll> take(const StateMachine& machine, Time now);
    std::vector<LongPoll> take_all();

    /// When the first one's time is up.
    std::optional<Time> next_due() const;
    std::size_t size() const { return polls_.size(); }

private:
    using Sequence = std::uint64_t;

    LongPoll extract(Sequence sequence);
    template <class Choice>
    void take_up_to(std::size_t limit, std::vector<LongPoll>& taken, Choice&& is_chosen);
    void take_due(std::vector<LongPoll>& taken, Time now);
    void take_stopped(std::vector<LongPoll>& taken, const StateMachine& machine);
    void take_servable(std::vector<LongPoll>& taken, const StateMachine& machine, Time now);

    std::map<Sequence, LongPoll> polls_;  ///< as they came
    std::map<std::string, Sequence> by_worker_;
    std::set<std::pair<Time, Sequence>> due_;
    Sequence last_sequence_ = 0;
    std::uint64_t seen_ready_generation_ = 0;
    std::uint64_t seen_drained_generation_ = 0;
};

}  // namespace freshet::scheduler

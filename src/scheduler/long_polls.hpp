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

/// A parked GetWork request.
struct LongPoll {
    rpc::GetWork request;
    OnReply on_reply;
    IsConnected is_connected;
    Time deadline{};
    rpc::Response empty_reply{};  ///< the response without work
};

/// Parked GetWork requests, one per worker, served in order of arrival. Costs nothing per request while nothing becomes
/// ready.
class LongPolls {
public:
    /// Returns the earlier poll of the same worker, if any: it no longer waits for that.
    std::optional<LongPoll> park(LongPoll poll);
    /// Removes and returns the poll of the worker, if any.
    std::optional<LongPoll> withdraw(const std::string& worker);

    /// Removes and returns the polls to execute again: expired ones, those whose worker should stop waiting, and as
    /// many as there are ready tasks for. Drops polls of disconnected clients on the way.
    std::vector<LongPoll> take(const StateMachine& machine, Time now);
    std::vector<LongPoll> take_all();

    /// Moves all deadlines by the change of a clock that was set.
    void shift_deadlines(Time::duration change);
    /// The earliest deadline.
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

    std::map<Sequence, LongPoll> polls_;  ///< in order of arrival
    std::map<std::string, Sequence> by_worker_;
    std::set<std::pair<Time, Sequence>> due_;
    Sequence last_sequence_ = 0;
    std::uint64_t seen_ready_generation_ = 0;
    std::uint64_t seen_drained_generation_ = 0;
};

}  // namespace freshet::scheduler

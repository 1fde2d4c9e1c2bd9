// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "rpc/requests.hpp"
#include "rpc/responses.hpp"
#include "scheduler/config.hpp"
#include "scheduler/write_batch.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace freshet::scheduler {

struct SchedulerState;

using RecordVisitor = std::function<void(const Record&)>;

/// What an earlier life left: records as take_write_batch() gave them, one after another, since a million would not
/// fit.
struct SavedState {
    std::size_t task_count = 0;  ///< of tasks, about
    std::function<void(const RecordVisitor&)> tasks;
    std::function<void(const RecordVisitor&)> workers;
    std::vector<Record> families{};
    std::optional<Record> settings{};
};

/// The scheduler as one pure state machine: what it answers follows from what it was told, the instants and the seed.
class StateMachine {
public:
    StateMachine(Config config, std::uint64_t seed);
    StateMachine(StateMachine&&) noexcept;
    ~StateMachine();

    /// A request that is wrong is answered by an ErrorResponse and changes nothing.
    rpc::Response handle(const rpc::Request& request, Time now);

    /// To be called once, on an empty state. A record that cannot be read is given to `quarantine` with the reason.
    void restore(const SavedState& saved, Time now,
                 const std::function<void(const Record&, const std::string&)>& quarantine);
    /// All workers so far belonged to processes that are known to be dead: their tasks are PENDING again.
    void drop_workers(Time now);
    /// Other limits and rates were configured. What an operator changed stays, but where the configuration says
    /// something new.
    void configure(rpc::Resources limits, std::set<std::string> rates);
    /// For so long nobody was listened to: that does not count as the workers' silence.
    void shift_heartbeats(Time::duration silence);

    /// Whether a request for work that was asked in vain would bring some. No, while ready_generation() stays the same.
    bool has_work_for(const rpc::GetWork& request, Time now) const;
    std::uint64_t ready_generation() const;
    /// Whether the worker should learn that nothing is left for it, or that it was disabled or forgotten. What was no
    /// stays so while drained_generation() stays the same.
    bool should_stop_waiting(const rpc::GetWork& request) const;
    std::uint64_t drained_generation() const;
    /// How many tasks could be handed out at once, resources aside.
    std::size_t ready() const;

    /// When handle() of anything that prunes changes something by itself, if nothing else happens before.
    std::optional<Time> next_wakeup() const;

    /// Everything that happened since the last call. Whoever fails to keep it must keep it later: it is not told again.
    WriteBatch take_write_batch();

    const SchedulerState& state() const { return *state_; }

private:
    std::unique_ptr<SchedulerState> state_;
};

}  // namespace freshet::scheduler

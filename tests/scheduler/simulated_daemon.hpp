// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/scheduler.hpp"
#include "store/state_file.hpp"
#include "support/fake_log.hpp"

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace freshet::test {

/// The state that a restart must restore, as text.
std::vector<std::string> persistent_state(const scheduler::StateMachine& machine);

/// freshetd behind an unreliable network: requests and responses get lost, it is killed, suspended and restarted, its
/// clock is set, and its disk is full. Times are those of the world; its own clock may be wrong.
class SimulatedDaemon {
public:
    struct Outcome {
        bool executed = false;                       ///< unknown to the caller without an answer
        std::optional<rpc::Response> answer{};       ///< the response that arrives
        std::optional<rpc::Response> lost_answer{};  ///< a response that got lost
        bool is_rejected = false;                    ///< the disk is full; the request may have been executed
    };

    SimulatedDaemon(scheduler::Config config, std::uint64_t seed, Time now);

    Outcome call(const rpc::Request& request, Time now, std::mt19937_64& random);
    /// Answers nothing until then.
    void kill(Time until);
    /// Returns true while it is dead.
    bool is_down() const { return down_until_.has_value(); }
    /// Reads no request for `silence`, which ends now.
    void suspend(Time::duration silence) { scheduler_->shift_heartbeats(silence); }
    /// Sets its clock by that much.
    void set_clock(Time::duration change, Time now);
    /// From now on no page is added to its state, or there is room again.
    void set_disk_full(bool is_full);
    /// Returns true if it restarted just now. Appends state that was not restored to `lost`.
    bool restart_if_due(Time now, std::vector<std::string>& lost);

    bool is_disk_full() const { return scheduler_->is_disk_full(); }
    const scheduler::StateMachine& machine() const { return scheduler_->machine(); }
    store::Database& database() { return file_.database(); }

private:
    void start(Time now);
    rpc::Response execute(const rpc::Request& request, Time now);
    Time local(Time now) const { return now + clock_error_; }

    scheduler::Config config_;
    std::uint64_t seed_;
    store::StateFile file_ = store::StateFile::in_memory();
    FakeLog log_;
    std::unique_ptr<scheduler::Scheduler> scheduler_;
    std::vector<std::string> before_kill_;  // state when it was killed
    std::optional<Time> down_until_;
    Time::duration clock_error_{};
    bool clock_was_set_while_down_ = false;
};

}  // namespace freshet::test

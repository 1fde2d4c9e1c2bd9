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

/// freshetd behind an unreliable network: requests and responses get lost, and it is killed and restarted.
class SimulatedDaemon {
public:
    struct Outcome {
        bool executed = false;                       ///< unknown to the caller without an answer
        std::optional<rpc::Response> answer{};       ///< the response that arrives
        std::optional<rpc::Response> lost_answer{};  ///< a response that got lost
    };

    SimulatedDaemon(scheduler::Config config, std::uint64_t seed, Time now);

    Outcome call(const rpc::Request& request, Time now, std::mt19937_64& random);
    /// Answers nothing until then.
    void kill(Time until);
    /// Returns true if it restarted just now. Appends state that was not restored to `lost`.
    bool restart_if_due(Time now, std::vector<std::string>& lost);

    const scheduler::StateMachine& machine() const { return scheduler_->machine(); }
    store::Database& database() { return file_.database(); }

private:
    void start(Time now);

    scheduler::Config config_;
    std::uint64_t seed_;
    store::StateFile file_ = store::StateFile::in_memory();
    FakeLog log_;
    std::unique_ptr<scheduler::Scheduler> scheduler_;
    std::vector<std::string> before_kill_;  // state when it was killed
    std::optional<Time> down_until_;
};

}  // namespace freshet::test

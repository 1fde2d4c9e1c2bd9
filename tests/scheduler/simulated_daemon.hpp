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

/// Everything that a restart must bring back, as text.
std::vector<std::string> persistent_state(const scheduler::StateMachine& machine);

/// freshetd as workers at a distance see it: requests and answers get lost, and it is killed and started again.
class SimulatedDaemon {
public:
    struct Outcome {
        bool executed = false;                       ///< which the caller cannot know when there is no answer
        std::optional<rpc::Response> answer{};       ///< what arrives
        std::optional<rpc::Response> lost_answer{};  ///< what was answered but got lost
    };

    SimulatedDaemon(scheduler::Config config, std::uint64_t seed, Time now);

    Outcome call(const rpc::Request& request, Time now, std::mt19937_64& random);
    /// Nobody answers until then.
    void kill(Time until);
    /// Whether it was started again just now. What it forgot by that is added to `lost`.
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
    std::vector<std::string> before_kill_;  // when it was killed
    std::optional<Time> down_until_;
};

}  // namespace freshet::test

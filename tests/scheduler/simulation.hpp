// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "conversation.hpp"

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace freshet::test {

/// A day of one graph and some unreliable workers. Keeps account of what must never happen:
/// - two workers hold a task at the same time, or one puts its output in place after another was given it;
/// - a task is handed out again after its completion was acknowledged;
/// - work is left although workers come back.
class Simulation {
public:
    explicit Simulation(std::uint64_t seed);

    void run();
    /// What went wrong, in sentences.
    const std::vector<std::string>& problems() const { return problems_; }

private:
    struct Running {
        std::string task;
        wire::LeaseToken lease = 0;
        Time ends{};
    };
    struct SimulatedWorker {
        std::string name;
        std::vector<Running> running{};
        Time hangs_until{};
    };

    bool chance(int percent) { return static_cast<int>(random_() % 100) < percent; }
    void start_worker(SimulatedWorker& worker);
    void act(SimulatedWorker& worker);
    void ask_for_work(SimulatedWorker& worker);
    void end_attempt(SimulatedWorker& worker, const Running& attempt);
    void publish(SimulatedWorker& worker, const Running& attempt);
    void tell(const SimulatedWorker& worker, const Running& attempt, wire::Status status);
    void check_holders(const std::string& task);
    bool all_done() const { return published_.size() == tasks_.size(); }

    std::mt19937_64 random_;
    Conversation talk_;
    std::map<std::string, std::vector<std::string>> tasks_;  // and what they depend on
    std::vector<SimulatedWorker> workers_;
    std::set<std::string> published_;
    std::map<std::string, wire::LeaseToken> newest_;
    std::set<std::string> acknowledged_;
    std::vector<std::string> problems_;
    int generation_ = 0;
};

}  // namespace freshet::test

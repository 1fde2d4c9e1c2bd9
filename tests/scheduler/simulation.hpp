// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "onlooker.hpp"
#include "simulated_daemon.hpp"

#include <deque>
#include <iosfwd>
#include <random>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace freshet::test {

/// A day of four cycles, worked on by processes that crash, hang, lose answers and come back, with a scheduler that is
/// killed and started again. The same seed is the same day. What must hold is in invariants.hpp.
class Simulation {
public:
    /// The diary, when there is one, gets a line for each call and each broken invariant.
    explicit Simulation(std::uint64_t seed, std::ostream* diary = nullptr);

    void run();
    /// The invariants that did not hold, with what broke them.
    const std::vector<std::string>& broken() const { return onlooker_.broken(); }

private:
    struct Running {
        std::string task;
        wire::LeaseToken lease = 0;
        Time ends{};
    };
    enum class Kind { ours, luigi };  ///< Luigi's workers know no leases
    struct Worker {
        std::string name{};
        Kind kind = Kind::ours;
        std::vector<Running> running{};
        std::deque<wire::AddTask> owed{};  ///< results that have not been acknowledged
        std::set<std::string> seen{};      ///< what was complete when it looked
        Time looked{};
        bool has_registered = false;
        Time last_sign{};
        Time absent_until{};  ///< hangs, or is dead and not yet started again
    };

    bool chance(unsigned percent) { return random_() % 100 < percent; }
    Time in(unsigned seconds) { return now_ + std::chrono::seconds(random_() % seconds); }
    void make_graph();

    void act(Worker& worker);
    void start(Worker& worker);
    void crash(Worker& worker);
    void look(Worker& worker);
    std::vector<wire::AddTask> plan(const Worker& worker) const;
    void register_tasks(Worker& worker);
    bool deliver(Worker& worker);
    void count_pending(Worker& worker);
    void ask_for_work(Worker& worker);
    void write_down(const Worker& worker, const wire::Request& request, const SimulatedDaemon::Outcome& outcome);
    void note(const wire::Request& request, const wire::Response& response);
    void note_completion(const wire::AddTask& report);
    void end_attempt(Worker& worker, const Running& attempt);
    bool may_publish(Worker& worker, const Running& attempt);
    void owe(Worker& worker, const Running& attempt, wire::Status status);
    void operate();
    void disturb_scheduler();
    std::optional<wire::Response> call(Worker& worker, const wire::Request& request);
    template <class Answer>
    std::optional<Answer> ask(Worker& worker, const wire::Request& request) {
        auto answer = call(worker, request);
        if (!answer) return std::nullopt;
        return std::get<Answer>(std::move(*answer));
    }

    bool finished(const std::string& task) const;
    bool cycle_finished() const;
    void look_at_records();

    std::mt19937_64 random_;
    std::ostream* diary_;
    Time now_;
    Time killed_{};
    int cycle_ = 0;
    int processes_ = 0;
    SimulatedGraph graph_;
    SimulatedDaemon daemon_;
    Onlooker onlooker_;
    std::vector<Worker> workers_;
};

}  // namespace freshet::test

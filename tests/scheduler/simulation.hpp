// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "invariant_checker.hpp"
#include "simulated_daemon.hpp"

#include <cstdint>
#include <deque>
#include <iosfwd>
#include <map>
#include <random>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace freshet::test {

/// A day of four cycles with workers that crash, hang, lose responses, are cut off and come back, and a scheduler that
/// is killed, suspended and restarted, whose clock is set and whose disk is full. Deterministic per seed. The
/// invariants are those of invariant_checker.hpp.
class Simulation {
public:
    /// Writes a line per call and violated invariant to `trace`, which may be null.
    explicit Simulation(std::uint64_t seed, std::ostream* trace = nullptr);

    void run();
    /// The violated invariants, each with its cause.
    const std::vector<std::string>& violations() const { return checker_.violations(); }

private:
    struct Attempt {
        std::string task;
        rpc::LeaseToken lease = 0;
        Time ends{};
    };
    enum class Kind { freshet, luigi };  ///< Luigi's workers do not use leases
    struct Worker {
        std::string name{};
        Kind kind = Kind::freshet;
        std::vector<Attempt> running{};
        std::deque<rpc::AddTask> unacknowledged{};  ///< results to be reported
        std::set<std::string> seen_complete{};      ///< tasks that were complete at observed_at
        Time observed_at{};
        bool has_registered = false;
        Time last_sign{};
        Time absent_until{};  ///< hangs, or is dead and not yet restarted
        Time cut_until{};     ///< works, but its line is cut
    };

    bool chance(unsigned percent) { return random_() % 100 < percent; }
    Time in(unsigned seconds) { return now_ + std::chrono::seconds(random_() % seconds); }
    void make_graph();

    void act(Worker& worker);
    void start(Worker& worker);
    void crash(Worker& worker);
    void observe_outputs(Worker& worker);
    std::vector<rpc::AddTask> plan(const Worker& worker) const;
    void register_tasks(Worker& worker);
    bool deliver(Worker& worker);
    void count_pending(Worker& worker);
    void ask_for_work(Worker& worker);
    void trace_call(const Worker& worker, const rpc::Request& request, const SimulatedDaemon::Outcome& outcome);
    void observe(const rpc::Request& request, const rpc::Response& response);
    void observe_completion(const rpc::AddTask& report);
    void acknowledge(const std::string& task);
    void check_failures();
    bool is_on_page(const std::string& task) const;
    void settle_completions();
    bool end_attempt(Worker& worker, const Attempt& attempt);
    void send_heartbeat(Worker& worker);
    std::optional<bool> may_publish(Worker& worker, const Attempt& attempt);
    void queue_report(Worker& worker, const Attempt& attempt, rpc::Status status);
    void act_as_operator();
    void inject_faults();
    void set_clock();
    void suspend_daemon();
    void restart_daemon();
    void observe_started(const std::string& worker, bool is_rejected);
    std::optional<rpc::Response> call(Worker& worker, const rpc::Request& request);
    template <class Answer>
    std::optional<Answer> ask(Worker& worker, const rpc::Request& request) {
        auto answer = call(worker, request);
        if (!answer) return std::nullopt;
        return std::get<Answer>(std::move(*answer));
    }

    bool finished(const std::string& task) const;
    bool cycle_finished() const;
    void check_database();

    std::mt19937_64 random_;
    std::ostream* trace_;
    Time now_;
    Time killed_{};
    Time full_until_{};  // the disk of the scheduler
    int cycle_ = 0;
    int processes_ = 0;
    SimulatedGraph graph_;
    SimulatedDaemon daemon_;
    InvariantChecker checker_;
    std::vector<Worker> workers_;
    std::map<std::string, rpc::LeaseToken>
        failures_;                     // under which lease; neither followed by a success nor acknowledged
    std::set<std::string> unsettled_;  // tasks that were reported as done while the disk was full
};

/// Runs the days of these seeds and checks their invariants; only the day of FRESHET_SEED, traced, when it is set.
void run_simulated_days(std::uint64_t first, std::uint64_t last);

}  // namespace freshet::test

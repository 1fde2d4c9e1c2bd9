// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"

#include <iosfwd>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::test {

/// The scheduler's promises, by name, which hold on every day, whatever crashes, hangs, gets lost or comes back. A
/// worker is *trusted* from its assignment until it was silent for longer than `worker_disconnect_delay`; a
/// start of the scheduler counts as a heartbeat.
namespace invariant {

inline constexpr std::string_view one_holder = "no two trusted workers have the same task";

inline constexpr std::string_view one_publisher =
    "no output is put in place under a lease that a later one has followed, by a worker that asks before it does so";

inline constexpr std::string_view leases_grow =
    "a lease is greater than every one that was given before, also across a restart; whoever has it may be told again";

inline constexpr std::string_view needs_first = "a task is handed out only when all that it depends on is complete";

inline constexpr std::string_view done_stays_done = "a task whose completion was recorded is not handed out again";

inline constexpr std::string_view reports_count =
    "a completion that was not refused is known to be complete from then on";

inline constexpr std::string_view resources_hold =
    "no task is handed out while trusted workers use a resource that it needs";

inline constexpr std::string_view restart_keeps =
    "a scheduler that was killed at any moment comes back with all that it had answered to";

inline constexpr std::string_view one_completion = "no task has two attempts that are recorded as done";

inline constexpr std::string_view attempts_end =
    "an attempt is recorded as running exactly as long as its task is handed out";

inline constexpr std::string_view announced_once = "the event of a completion is stored with it, and once";

inline constexpr std::string_view no_work_lost =
    "no attempt's finished work is discarded, and no attempt is stopped, unless another attempt of the task was handed "
    "out";

inline constexpr std::string_view failures_stay = "no failure leaves the page before a success or an acknowledgement";

inline constexpr std::string_view all_finished = "while workers come back, everything is complete in the end";

}  // namespace invariant

/// One task of a simulated day.
struct SimulatedTask {
    std::vector<std::string> deps{};
    std::string found_while_running{};  ///< one more dependency, or ""
    rpc::Resources resources{};
    bool emits_events = false;
    int cycle = 0;
};
using SimulatedGraph = std::map<std::string, SimulatedTask>;

/// Observes everything that happens in a day, and checks the invariants.
class InvariantChecker {
public:
    InvariantChecker(const SimulatedGraph& graph, rpc::Resources limits, std::ostream* trace)
        : graph_(graph), limits_(std::move(limits)), trace_(trace) {}

    void on_assigned(const std::string& worker, const std::string& task);
    /// Called for each lease, whether or not its response arrived.
    void on_leased(const std::string& worker, const std::string& task, rpc::LeaseToken lease);
    /// Called for each attempt that the scheduler runs, also when its worker was not told.
    void on_started(const std::string& task, rpc::LeaseToken lease);
    /// Called when the response with the lease was not sent: it may be told later.
    void on_untold(const std::string& task, rpc::LeaseToken lease) { untold_[task] = lease; }
    /// Called when a worker learnt that it holds the lease.
    void on_held(const std::string& worker, const std::string& task) { holders_[task].insert(worker); }
    /// Called when a worker learnt that it does not, and discarded its work.
    void on_discarded(const std::string& task, rpc::LeaseToken lease);
    void on_released(const std::string& worker, const std::string& task);
    /// Called when a worker died or timed out: its tasks may be assigned to others.
    void on_lease_expired(const std::string& worker);
    void on_published(const std::string& task);
    void on_published_under(const std::string& task, rpc::LeaseToken lease);
    void on_recorded(const std::string& task) { recorded_.insert(task); }

    bool is_complete(const std::string& task) const { return published_.contains(task); }
    bool was_recorded(const std::string& task) const { return recorded_.contains(task); }

    void expect(bool holds, std::string_view invariant, const std::string& about);
    /// The violated invariants, each with its cause.
    const std::vector<std::string>& violations() const { return violations_; }

private:
    void check_resources(const std::string& assigned);

    const SimulatedGraph& graph_;
    rpc::Resources limits_;
    std::ostream* trace_;
    std::map<std::string, std::set<std::string>> holders_;  // by task
    struct LeaseHolder {
        std::string worker;
        rpc::LeaseToken lease = 0;
    };
    std::map<std::string, LeaseHolder> newest_;  // newest lease by task
    rpc::LeaseToken greatest_ = 0;
    std::map<std::string, rpc::LeaseToken> started_;  // newest lease by task, told or not
    std::map<std::string, rpc::LeaseToken> untold_;   // by task
    std::set<std::string> published_;
    std::set<std::string> recorded_;
    std::vector<std::string> violations_;
};

}  // namespace freshet::test

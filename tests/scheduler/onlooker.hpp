// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/task_requests.hpp"

#include <iosfwd>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::test {

/// One task of a simulated day.
struct SimulatedTask {
    std::vector<std::string> deps{};
    std::string found_while_running{};  ///< one more dependency, or ""
    rpc::Resources resources{};
    bool announces = false;
    int cycle = 0;
};
using SimulatedGraph = std::map<std::string, SimulatedTask>;

/// Sees everything that happens in a day, also what no worker can know, and holds it to the invariants.
class InvariantChecker {
public:
    InvariantChecker(const SimulatedGraph& graph, rpc::Resources limits, std::ostream* trace)
        : graph_(graph), limits_(std::move(limits)), trace_(trace) {}

    void on_assigned(const std::string& worker, const std::string& task);
    /// The scheduler has given out this lease, whether or not its answer arrived.
    void on_leased(const std::string& worker, const std::string& task, rpc::LeaseToken lease);
    void on_released(const std::string& worker, const std::string& task);
    /// It died, or was silent for too long: what it has may be given to others.
    void on_lease_expired(const std::string& worker);
    void on_published(const std::string& task);
    void on_published_under(const std::string& task, rpc::LeaseToken lease);
    void on_recorded(const std::string& task) { recorded_.insert(task); }

    bool is_complete(const std::string& task) const { return published_.contains(task); }
    bool was_recorded(const std::string& task) const { return recorded_.contains(task); }

    void expect(bool holds, std::string_view invariant, const std::string& about);
    /// Each broken invariant and what broke it.
    const std::vector<std::string>& violations() const { return violations_; }

private:
    void check_resources();

    const SimulatedGraph& graph_;
    rpc::Resources limits_;
    std::ostream* trace_;
    std::map<std::string, std::set<std::string>> holders_;  // of each task
    struct LeaseHolder {
        std::string worker;
        rpc::LeaseToken lease = 0;
    };
    std::map<std::string, LeaseHolder> newest_;  // lease of each task
    rpc::LeaseToken greatest_ = 0;
    std::set<std::string> published_;
    std::set<std::string> recorded_;
    std::vector<std::string> violations_;
};

}  // namespace freshet::test

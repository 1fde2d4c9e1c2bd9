// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/task_requests.hpp"

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
    wire::Resources resources{};
    bool announces = false;
    int cycle = 0;
};
using SimulatedGraph = std::map<std::string, SimulatedTask>;

/// Sees everything that happens in a day, also what no worker can know, and holds it to the invariants.
class Onlooker {
public:
    Onlooker(const SimulatedGraph& graph, wire::Resources limits, std::ostream* diary)
        : graph_(graph), limits_(std::move(limits)), diary_(diary) {}

    void is_given(const std::string& worker, const std::string& task);
    /// The scheduler has given out this lease, whether or not its answer arrived.
    void has_leased(const std::string& worker, const std::string& task, wire::LeaseToken lease);
    void lets_go(const std::string& worker, const std::string& task);
    /// It died, or was silent for too long: what it has may be given to others.
    void is_not_trusted(const std::string& worker);
    void puts_in_place(const std::string& task);
    void puts_in_place_under(const std::string& task, wire::LeaseToken lease);
    void is_recorded(const std::string& task) { recorded_.insert(task); }

    bool is_complete(const std::string& task) const { return published_.contains(task); }
    bool was_recorded(const std::string& task) const { return recorded_.contains(task); }

    void expect(bool holds, std::string_view invariant, const std::string& about);
    /// Each broken invariant and what broke it.
    const std::vector<std::string>& broken() const { return broken_; }

private:
    void look_at_resources();

    const SimulatedGraph& graph_;
    wire::Resources limits_;
    std::ostream* diary_;
    std::map<std::string, std::set<std::string>> holders_;  // of each task
    struct Given {
        std::string worker;
        wire::LeaseToken lease = 0;
    };
    std::map<std::string, Given> newest_;  // lease of each task
    wire::LeaseToken greatest_ = 0;
    std::set<std::string> published_;
    std::set<std::string> recorded_;
    std::vector<std::string> broken_;
};

}  // namespace freshet::test

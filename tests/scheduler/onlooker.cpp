// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "onlooker.hpp"

#include "invariants.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <ostream>

namespace freshet::test {

void Onlooker::expect(bool holds, std::string_view invariant, const std::string& about) {
    if (holds) return;
    broken_.push_back(fmt::format("broken: {}: {}", invariant, about));
    if (diary_) *diary_ << broken_.back() << '\n';
}

void Onlooker::is_given(const std::string& worker, const std::string& task) {
    const SimulatedTask& known = graph_.at(task);
    expect(!recorded_.contains(task), invariant::done_stays_done, task);
    for (const std::string& dep : known.deps) expect(published_.contains(dep), invariant::needs_first, task);
    auto& holders = holders_[task];
    holders.insert(worker);
    expect(holders.size() == 1, invariant::one_holder, fmt::format("{}: {}", task, fmt::join(holders, ", ")));
    look_at_resources();
}

void Onlooker::has_leased(const std::string& worker, const std::string& task, wire::LeaseToken lease) {
    Given& newest = newest_[task];
    if (lease == newest.lease && worker == newest.worker) return;
    expect(lease > greatest_, invariant::leases_grow, fmt::format("{} of {} after {}", lease, task, greatest_));
    newest = {worker, lease};
    greatest_ = lease;
}

void Onlooker::lets_go(const std::string& worker, const std::string& task) { holders_[task].erase(worker); }

void Onlooker::is_not_trusted(const std::string& worker) {
    for (auto& [task, holders] : holders_) holders.erase(worker);
}

void Onlooker::puts_in_place(const std::string& task) { published_.insert(task); }

void Onlooker::puts_in_place_under(const std::string& task, wire::LeaseToken lease) {
    expect(lease == newest_[task].lease, invariant::one_publisher, fmt::format("{} under {}", task, lease));
    puts_in_place(task);
}

void Onlooker::look_at_resources() {
    wire::Resources used;
    std::vector<std::string> users;
    for (const auto& [task, holders] : holders_) {
        if (holders.empty() || graph_.at(task).resources.empty()) continue;
        for (const auto& [name, amount] : graph_.at(task).resources) used[name] += amount;
        users.push_back(fmt::format("{} on {}", task, fmt::join(holders, ", ")));
    }
    for (const auto& [name, amount] : used)
        expect(amount <= limits_[name], invariant::resources_hold,
               fmt::format("{} of '{}': {}", amount, name, fmt::join(users, ", ")));
}

}  // namespace freshet::test

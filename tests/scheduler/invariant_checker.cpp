// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "invariant_checker.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <ostream>

namespace freshet::test {

void InvariantChecker::expect(bool holds, std::string_view invariant, const std::string& about) {
    if (holds) return;
    violations_.push_back(fmt::format("broken: {}: {}", invariant, about));
    if (trace_) *trace_ << violations_.back() << '\n';
}

void InvariantChecker::on_assigned(const std::string& worker, const std::string& task) {
    const SimulatedTask& known = graph_.at(task);
    expect(!recorded_.contains(task), invariant::done_stays_done, task);
    for (const std::string& dep : known.deps) expect(published_.contains(dep), invariant::needs_first, task);
    auto& holders = holders_[task];
    holders.insert(worker);
    expect(holders.size() == 1, invariant::one_holder, fmt::format("{}: {}", task, fmt::join(holders, ", ")));
    check_resources();
}

void InvariantChecker::on_leased(const std::string& worker, const std::string& task, rpc::LeaseToken lease) {
    LeaseHolder& newest = newest_[task];
    if (lease == newest.lease && worker == newest.worker) return;
    expect(lease > greatest_, invariant::leases_grow, fmt::format("{} of {} after {}", lease, task, greatest_));
    newest = {worker, lease};
    greatest_ = lease;
}

void InvariantChecker::on_released(const std::string& worker, const std::string& task) { holders_[task].erase(worker); }

void InvariantChecker::on_lease_expired(const std::string& worker) {
    for (auto& [task, holders] : holders_) holders.erase(worker);
}

void InvariantChecker::on_published(const std::string& task) { published_.insert(task); }

void InvariantChecker::on_published_under(const std::string& task, rpc::LeaseToken lease) {
    expect(lease == newest_[task].lease, invariant::one_publisher, fmt::format("{} under {}", task, lease));
    on_published(task);
}

void InvariantChecker::check_resources() {
    rpc::Resources used;
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

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "invariant_checker.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
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
    check_resources(task);
}

void InvariantChecker::on_leased(const std::string& worker, const std::string& task, rpc::LeaseToken lease) {
    LeaseHolder& newest = newest_[task];
    if (lease == newest.lease && worker == newest.worker) return;
    const auto untold = untold_.extract(task);
    const bool is_late = untold && untold.mapped() == lease;
    expect(is_late || lease > greatest_, invariant::leases_grow,
           fmt::format("{} of {} after {}", lease, task, greatest_));
    newest = {worker, lease};
    greatest_ = std::max(greatest_, lease);
}

void InvariantChecker::on_started(const std::string& task, rpc::LeaseToken lease) {
    started_[task] = std::max(started_[task], lease);
}

void InvariantChecker::on_discarded(const std::string& task, rpc::LeaseToken lease) {
    expect(started_[task] > lease, invariant::no_work_lost, fmt::format("{} under {}", task, lease));
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

void InvariantChecker::check_resources(const std::string& assigned) {
    rpc::Resources used;
    std::vector<std::string> users;
    for (const auto& [task, holders] : holders_) {
        if (holders.empty() || graph_.at(task).resources.empty()) continue;
        for (const auto& [name, amount] : graph_.at(task).resources) used[name] += amount;
        users.push_back(fmt::format("{} on {}", task, fmt::join(holders, ", ")));
    }
    for (const auto& [name, needed] : graph_.at(assigned).resources)
        expect(used[name] <= limits_[name], invariant::resources_hold,
               fmt::format("{} of '{}': {}", used[name], name, fmt::join(users, ", ")));
}

}  // namespace freshet::test

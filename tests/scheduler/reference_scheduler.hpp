// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "rpc/responses.hpp"
#include "scheduler/scheduler_state.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace freshet::test {

/// Luigi's get_work, literally: walks through all tasks on every call. The specification of the indexed one.
class ReferenceScheduler {
public:
    ReferenceScheduler(const scheduler::SchedulerState& state, const rpc::GetWork& request, Time now);

    /// The ids of the task, or of the batch, that the worker should get.
    std::vector<std::string> chosen();
    rpc::Pending pending();

private:
    using Tasks = std::vector<const scheduler::Task*>;

    bool is_own(const scheduler::Task& task) const;
    bool lists_family(const scheduler::Task& task) const;
    bool accepts_family(const scheduler::Task& task) const;
    bool is_trivial() const;
    bool schedulable(const scheduler::Task& task) const;
    bool fits(const scheduler::Task& task, const rpc::Resources& used) const;
    bool waits_for_disabled(const scheduler::Task& task);
    Tasks candidates(bool trivial) const;
    rpc::Resources used() const;
    std::map<std::string, std::int64_t> slots() const;
    const scheduler::Task* walk(const Tasks& tasks, bool trivial) const;
    Tasks batch(const Tasks& tasks, const scheduler::Task& first) const;

    const scheduler::SchedulerState& state_;
    std::string worker_;
    bool assistant_;
    std::vector<std::string> families_;
    Time now_;
    std::map<std::string, bool> waits_;
};

/// Sends random requests to a scheduler and compares each answer to get_work with the reference's. Fails the test at
/// the first difference, naming seed and step.
void compare_with_reference(std::uint64_t seed, int steps);

}  // namespace freshet::test

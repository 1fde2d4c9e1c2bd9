// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/board.hpp"
#include "wire/response.hpp"
#include "wire/worker_requests.hpp"

#include <map>
#include <string>
#include <vector>

namespace freshet::test {

/// Luigi's get_work as it is written down: walks through everything, every time. The measure of the fast one.
class SlowScheduler {
public:
    SlowScheduler(const scheduler::Board& board, const wire::GetWork& request, Time now);

    /// The ids of the task, or of the batch, that the worker should get.
    std::vector<std::string> chosen();
    wire::Pending pending();

private:
    using Tasks = std::vector<const scheduler::Task*>;

    bool is_own(const scheduler::Task& task) const;
    bool names(const scheduler::Task& task) const;
    bool serves(const scheduler::Task& task) const;
    bool is_trivial() const;
    bool schedulable(const scheduler::Task& task) const;
    bool fits(const scheduler::Task& task, const wire::Resources& used) const;
    bool waits_for_disabled(const scheduler::Task& task);
    Tasks candidates(bool trivial) const;
    wire::Resources used() const;
    std::map<std::string, std::int64_t> slots() const;
    const scheduler::Task* walk(const Tasks& tasks, bool trivial) const;
    Tasks batch(const Tasks& tasks, const scheduler::Task& first) const;

    const scheduler::Board& board_;
    std::string worker_;
    bool assistant_;
    std::vector<std::string> families_;
    Time now_;
    std::map<std::string, bool> waits_;
};

}  // namespace freshet::test

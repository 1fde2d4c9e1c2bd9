// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "scheduler/executor.hpp"
#include "scheduler/scheduler.hpp"

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace freshet::scheduler {

/// What the scheduler's thread works with. All of it outlives the thread.
struct SchedulerThreadParts {
    Scheduler& scheduler;
    const Clock& clock;
    Log& log;
    /// Called on the thread in every round, for deliveries and housekeeping; says when it wants to be again.
    std::function<std::optional<Time>()> between = [] { return std::nullopt; };
    /// Called once, on the thread, when the state can no longer be written: nothing is answered from then on.
    std::function<void(std::exception_ptr)> failed = [](const std::exception_ptr&) {};
};

/// The one thread that owns a scheduler. What arrives together is executed together and shares one commit; answers
/// leave after it.
class SchedulerThread final : public Executor {
public:
    explicit SchedulerThread(SchedulerThreadParts parts);
    /// Answers what was submitted before.
    ~SchedulerThread() override;

    void submit(std::vector<wire::Request> requests, Answered answered) override;
    /// Has `see` look at the state on the scheduler's thread, which waits for it: to copy little, quickly.
    void look(std::function<void(const State&, Time)> see);
    /// Has `between` called soon. From any thread.
    void wake();

private:
    struct Job {
        std::vector<wire::Request> requests;
        Answered answered;
    };
    struct Inbox {
        std::vector<Job> jobs;
        std::vector<std::function<void(const State&, Time)>> looks;
        bool woken = false;
        bool stopping = false;

        bool empty() const { return jobs.empty() && looks.empty() && !woken && !stopping; }
    };

    void run();
    Inbox take(std::optional<Time> until);
    std::optional<Time> round(Inbox& inbox);
    void execute(std::vector<Job>& jobs, Time now);
    std::vector<wire::Response> answers_to(const std::vector<wire::Request>& requests, Time now);
    void prune_if_due(Time now);

    SchedulerThreadParts parts_;
    std::mutex mutex_;
    std::condition_variable filled_;
    Inbox inbox_;         // guarded by mutex_
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace freshet::scheduler

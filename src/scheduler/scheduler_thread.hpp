// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "scheduler/executor.hpp"
#include "scheduler/held_questions.hpp"
#include "scheduler/loop_times.hpp"
#include "scheduler/scheduler.hpp"

#include <atomic>
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
/// leave after it. A question for work that may wait is answered when there is some, when its time is up, when nothing
/// is left for the worker or it asks anew, and when the thread ends.
class SchedulerThread final : public Executor {
public:
    explicit SchedulerThread(SchedulerThreadParts parts);
    /// Answers what was submitted before.
    ~SchedulerThread() override;

    using Executor::submit;
    void submit(std::vector<wire::Request> requests, Answered answered, IsWanted is_wanted) override;
    /// Has `see` look at the state on the scheduler's thread, which waits for it: to copy little, quickly.
    void look(std::function<void(const State&, Time)> see);
    /// How long its rounds took so far. From any thread.
    LoopTimes loop_times() const;
    /// Has `between` called soon. From any thread.
    void wake();
    /// From now on every question is answered at once, and so are those that wait: before an end. From any thread.
    void hold_no_more();

private:
    struct Job {
        std::vector<wire::Request> requests;
        Answered answered;
        IsWanted is_wanted;
        std::optional<Time> until{};  ///< of a question that was held: it is not held for longer
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
    bool is_to_be_held(const Job& job, const wire::Request& request, const wire::Response& response, Time now) const;
    void hold(Job& job, wire::GetWork question, wire::Response in_vain, Time now);
    void serve_held(Time now);
    void release_held();

    SchedulerThreadParts parts_;
    HeldQuestions held_;  // the thread's own
    std::atomic<bool> holds_ = true;
    mutable std::mutex mutex_;
    std::condition_variable filled_;
    Inbox inbox_;           // guarded by mutex_
    LoopTimes loop_times_;  // guarded by mutex_
    std::optional<std::chrono::steady_clock::time_point> round_began_{};  // the thread's own
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace freshet::scheduler

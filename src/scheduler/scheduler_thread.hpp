// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "scheduler/executor.hpp"
#include "scheduler/held_questions.hpp"
#include "scheduler/loop_times.hpp"
#include "scheduler/refusals.hpp"
#include "scheduler/scheduler.hpp"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace freshet::store {
class DiskFullError;
}

namespace freshet::scheduler {

/// What the scheduler's thread works with. All of it outlives the thread.
struct SchedulerThreadParts {
    Scheduler& scheduler;
    const Clock& clock;
    Log& log;
    /// Called in every round, for deliveries and housekeeping; says when it wants to be again.
    std::function<std::optional<Time>()> between = [] { return std::nullopt; };
    /// Called once, from any thread, when the state can no longer be written: nothing is answered from then on.
    std::function<void(std::exception_ptr)> failed = [](const std::exception_ptr&) {};
};

/// Has one thread at a time work with a scheduler: its own or, when nobody is at work, the one that submits, which saves
/// two changes of thread an answer. What arrives together is executed together and shares one commit; answers leave
/// after it, when the next may begin. A question for work that may wait is answered when there is some, when its time is
/// up, when nothing is left for the worker or it asks anew, and when the thread ends.
class SchedulerThread final : public Executor {
public:
    explicit SchedulerThread(SchedulerThreadParts parts);
    /// Answers what was submitted before.
    ~SchedulerThread() override;

    using Executor::submit;
    void submit(std::vector<wire::Request> requests, Answered answered, IsWanted is_wanted) override;
    /// Has `see` look at the state on the own thread, while everybody waits for it: to copy little, quickly.
    void look(std::function<void(const State&, Time)> see);
    /// How long its rounds took so far. From any thread.
    LoopTimes loop_times() const;
    /// Whom it had to tell to come back so far. From any thread.
    Refusals refusals() const;
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
    /// What is still to be said, once the next round may begin.
    struct Reply {
        Answered answered;
        std::vector<wire::Response> responses;
    };
    using Lock = std::unique_lock<std::mutex>;

    void run();
    void wait_for_work(Lock& lock);
    Inbox begin_round();
    void end_round(Time due);
    void work(Inbox inbox);
    Time round(Inbox& inbox);
    void notice_absence(Time now);
    Time change(std::vector<Job>& jobs, Time now);
    void give_up();
    void execute(std::vector<Job>& jobs, Time now);
    std::vector<wire::Response> answers_to(const std::vector<wire::Request>& requests, Time now);
    void note_refusals(std::size_t count, const store::DiskFullError& error, Time now);
    void tell_of_full_disk(const store::DiskFullError& error, Time now);
    void prune_if_due(Time now);
    bool is_to_be_held(const Job& job, const wire::GetWork& question, const wire::Response& response, Time now) const;
    void hold(Job& job, wire::GetWork question, wire::Response in_vain, Time now);
    void serve_held(Time now);
    void release_held();
    void reply_in_vain(std::optional<HeldQuestion> held);

    SchedulerThreadParts parts_;
    std::atomic<bool> holds_ = true;
    mutable std::mutex mutex_;
    std::condition_variable called_;  // the own thread

    // Guarded by mutex_.
    enum class Phase { idle, at_work, failed } phase_ = Phase::idle;
    Inbox inbox_;
    Time due_;                            // when the next round is, if nobody asks for anything before
    std::optional<Time> sleeps_until_{};  // the own thread
    LoopTimes loop_times_;
    Refusals refusals_;

    // Of who is at work.
    HeldQuestions held_;
    std::vector<Reply> replies_;
    Time last_round_;
    std::chrono::steady_clock::time_point round_began_{};
    Time next_complaint_{};

    std::thread thread_;  // last: it uses all of the above
};

}  // namespace freshet::scheduler

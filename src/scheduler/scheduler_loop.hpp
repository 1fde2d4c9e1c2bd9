// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "scheduler/executor.hpp"
#include "scheduler/long_polls.hpp"
#include "scheduler/scheduler.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace freshet::store {
class DiskFullError;
}

namespace freshet::scheduler {

/// How long the scheduler's ticks took: who asks waits for the tick before and for the own one.
struct LatencyHistogram {
    static constexpr std::array<double, 6> bounds = {0.0001, 0.001, 0.01, 0.1, 1, 10};  ///< seconds

    std::array<std::uint64_t, bounds.size() + 1> counts{};  ///< up to each bound and above the one before; the rest
    double sum = 0;                                         ///< seconds

    void add(std::chrono::duration<double> took) {
        const auto bound = std::lower_bound(bounds.begin(), bounds.end(), took.count());
        ++counts[static_cast<std::size_t>(bound - bounds.begin())];
        sum += took.count();
    }
};

/// The requests that were told to come back, since what they say could not be kept.
struct RejectedRequests {
    std::uint64_t count = 0;
    Time last{};
    std::string reason{};  ///< of the last one

    /// While the disk is full every worker asks again and again: after a while without a refusal it no longer is.
    bool is_recent(Time now) const { return count > 0 && now < last + std::chrono::minutes(1); }
};

/// What the scheduler's thread works with. All of it outlives the thread.
struct SchedulerLoopParts {
    Scheduler& scheduler;
    const Clock& clock;
    Log& log;
    /// Called in every tick, for deliveries and housekeeping; says when it wants to be again.
    std::function<std::optional<Time>()> on_tick = [] { return std::nullopt; };
    /// Called once, from any thread, when the state can no longer be written: nothing is answered from then on.
    std::function<void(std::exception_ptr)> on_failure = [](const std::exception_ptr&) {};
};

/// Has one thread at a time work with a scheduler: its own or, when nobody is at work, the one that submits, which
/// saves two changes of thread an answer. What arrives together is executed together and shares one commit; answers
/// leave after it, when the next may begin. A request for work that may wait is answered when there is some, when its
/// time is up, when nothing is left for the worker or it asks anew, and when the thread ends.
class SchedulerLoop final : public Executor {
public:
    explicit SchedulerLoop(SchedulerLoopParts parts);
    /// Answers what was submitted before.
    ~SchedulerLoop() override;

    using Executor::submit;
    void submit(std::vector<rpc::Request> requests, OnReply on_reply, IsConnected is_connected) override;
    /// Calls `visitor` with the state on the own thread, while everybody waits for it: to copy little, quickly.
    void inspect(std::function<void(const StateMachine&, Time)> visitor);
    /// How long its ticks took so far. From any thread.
    LatencyHistogram tick_latency() const;
    /// Whom it had to tell to come back so far. From any thread.
    RejectedRequests rejected_requests() const;
    /// Has `on_tick` called soon. From any thread.
    void wake();
    /// From now on every request is answered at once, and so are those that wait: before an end. From any thread.
    void stop_parking();

private:
    struct Job {
        std::vector<rpc::Request> requests;
        OnReply on_reply;
        IsConnected is_connected;
        std::optional<Time> deadline{};  ///< of a request that was parked: it is not parked for longer
    };
    struct Inbox {
        std::vector<Job> jobs;
        std::vector<std::function<void(const StateMachine&, Time)>> inspections;
        bool woken = false;
        bool stopping = false;

        bool empty() const { return jobs.empty() && inspections.empty() && !woken && !stopping; }
    };
    /// What is still to be said, once the next tick may begin.
    struct Reply {
        OnReply on_reply;
        std::vector<rpc::Response> responses;
    };
    using Lock = std::unique_lock<std::mutex>;

    void run();
    void wait_for_work(Lock& lock);
    Inbox begin_tick();
    void end_tick(Time due);
    void run_tick(Inbox inbox);
    Time tick(Inbox& inbox);
    void detect_suspend(Time now);
    Time apply(std::vector<Job>& jobs, Time now);
    void fail();
    void execute(std::vector<Job>& jobs, Time now);
    std::vector<rpc::Response> execute_or_reject(const std::vector<rpc::Request>& requests, Time now);
    void count_rejected(std::size_t count, const store::DiskFullError& error, Time now);
    void log_full_disk(const store::DiskFullError& error, Time now);
    void prune_if_due(Time now);
    bool should_park(const Job& job, const rpc::GetWork& request, const rpc::Response& response, Time now) const;
    void park(Job& job, rpc::GetWork request, rpc::Response empty_reply, Time now);
    void serve_long_polls(Time now);
    void release_long_polls();
    void send_empty_reply(std::optional<LongPoll> poll);

    SchedulerLoopParts parts_;
    std::atomic<bool> parking_enabled_ = true;
    mutable std::mutex mutex_;
    std::condition_variable wakeup_;  // the own thread

    // Guarded by mutex_.
    enum class Phase { idle, busy, failed } phase_ = Phase::idle;
    Inbox inbox_;
    Time due_;                            // when the next tick is, if nobody asks for anything before
    std::optional<Time> sleeps_until_{};  // the own thread
    LatencyHistogram tick_latency_;
    RejectedRequests rejected_requests_;

    // Of who is at work.
    LongPolls long_polls_;
    std::vector<Reply> replies_;
    Time last_tick_;
    std::chrono::steady_clock::time_point tick_began_{};
    Time next_full_disk_log_{};

    std::thread thread_;  // last: it uses all of the above
};

}  // namespace freshet::scheduler

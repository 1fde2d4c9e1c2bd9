// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/monotonic_clock.hpp"
#include "freshet/clock.hpp"
#include "scheduler/executor.hpp"
#include "scheduler/long_polls.hpp"
#include "scheduler/query_queue.hpp"
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

namespace freshet {
class DiskFullError;
}

namespace freshet::scheduler {

/// Histogram of the duration of ticks. A request waits for the tick before its own, and for its own.
struct LatencyHistogram {
    static constexpr std::array<double, 6> bounds = {0.0001, 0.001, 0.01, 0.1, 1, 10};  ///< seconds

    std::array<std::uint64_t, bounds.size() + 1> counts{};  ///< by upper bound; the last is unbounded
    double sum = 0;                                         ///< seconds

    void add(std::chrono::duration<double> took) {
        const auto bound = std::lower_bound(bounds.begin(), bounds.end(), took.count());
        ++counts[static_cast<std::size_t>(bound - bounds.begin())];
        sum += took.count();
    }
};

/// Requests rejected because the state could not be written.
struct RejectedRequests {
    std::uint64_t count = 0;
    Time last{};
    std::string reason{};  ///< why the last one was rejected

    /// True within a minute of the last one: while the disk is full every worker tries again and again.
    bool is_recent(Time now) const { return count > 0 && now < last + std::chrono::minutes(1); }
};

/// Ticks that took so long that somebody should know.
struct Stalls {
    static constexpr std::chrono::seconds threshold{5};

    std::uint64_t count = 0;
    Time last{};                     ///< the end of the last one
    std::chrono::seconds took{};     ///< its duration
    std::chrono::seconds present{};  ///< the duration of the present one; zero without one

    bool is_recent(Time now) const { return count > 0 && now < last + std::chrono::minutes(10); }
};

/// Collaborators of a SchedulerLoop, which must outlive it.
struct SchedulerLoopParts {
    Scheduler& scheduler;
    const Clock& clock;
    Log& log;
    /// Called in every tick, for deliveries and maintenance; returns the time of its next call, if it needs one.
    std::function<std::optional<Time>()> on_tick = [] { return std::nullopt; };
    /// Called once, from any thread, on a fatal error: nothing is answered from then on.
    std::function<void(std::exception_ptr)> on_failure = [](const std::exception_ptr&) {};
};

/// Event loop of a scheduler. Ticks run on the loop's own thread or, when it is idle, on the submitting one, which
/// saves two context switches per response. Requests that arrive together share one tick and one commit; responses are
/// sent after it, while the next tick may begin. A long poll is answered when there is work, at its deadline, when
/// nothing is left for the worker, when the worker polls again, and at the end of the loop.
class SchedulerLoop final : public Executor {
public:
    explicit SchedulerLoop(SchedulerLoopParts parts);
    /// Executes what was submitted before, then joins the thread.
    ~SchedulerLoop() override;

    using Executor::submit;
    void submit(std::vector<rpc::Request> requests, OnReply on_reply, IsConnected is_connected) override;
    void query(QueryFactory query, OnQueryDone on_done, IsConnected is_connected) override;
    /// Calls `visitor` within a tick, on the loop's thread. Everything else waits meanwhile: copy little, quickly.
    /// Thread-safe.
    void inspect(std::function<void(const StateMachine&, Time)> visitor);
    /// Thread-safe.
    LatencyHistogram tick_latency() const;
    /// Requests rejected so far because the state could not be written. Thread-safe.
    RejectedRequests rejected_requests() const;
    bool is_disk_full() const override { return is_disk_full_; }
    /// Time of the last change of the state. Thread-safe.
    Time last_change() const { return last_change_; }
    /// Thread-safe.
    Stalls stalls() const;
    std::chrono::seconds stalled_for() const override { return stalls().present; }
    /// Requests a tick, and with it a call of `on_tick`. Thread-safe.
    void wake();
    /// Answers all long polls and parks no more: before shutdown. Thread-safe.
    void stop_parking();

private:
    struct Job {
        std::vector<rpc::Request> requests;
        OnReply on_reply;
        IsConnected is_connected;
        std::optional<Time> deadline{};  ///< set for a long poll that is executed again
    };
    struct Inbox {
        std::vector<Job> jobs;
        std::vector<QueryQueue::Query> queries;
        std::vector<std::function<void(const StateMachine&, Time)>> inspections;
        bool woken = false;
        bool stopping = false;

        bool empty() const { return jobs.empty() && queries.empty() && inspections.empty() && !woken && !stopping; }
    };
    /// Responses to send after the tick.
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
    void follow_clock();
    void detect_absence(Time now);
    void advance_queries(Inbox& inbox, Time now);
    Time apply(std::vector<Job>& jobs, Time now);
    void fail();
    void execute(std::vector<Job>& jobs, Time now);
    std::vector<rpc::Response> execute_or_reject(const std::vector<rpc::Request>& requests, Time now);
    void write_pending(Time now);
    void count_rejected(std::size_t count, const DiskFullError& error, Time now);
    void log_full_disk(const DiskFullError& error, Time now);
    void prune_if_due(Time now);
    bool should_park(const Job& job, const rpc::GetWork& request, const rpc::Response& response, Time now) const;
    void park(Job& job, rpc::GetWork request, rpc::Response empty_reply, Time now);
    void serve_long_polls(Time now);
    void release_long_polls();
    void send_empty_reply(std::optional<LongPoll> poll);

    SchedulerLoopParts parts_;
    MonotonicClock clock_;  // of all times here; set by ticks only
    std::atomic<bool> parking_enabled_ = true;
    std::atomic<bool> is_disk_full_ = false;
    std::atomic<Time> last_change_;
    mutable std::mutex mutex_;
    std::condition_variable wakeup_;  // waited for by the loop's thread

    // Guarded by mutex_.
    enum class Phase { idle, busy, failed } phase_ = Phase::idle;
    Inbox inbox_;
    Time due_;                            // time of the next tick, unless requests come before
    std::optional<Time> sleeps_until_{};  // the loop's thread, while it waits
    LatencyHistogram tick_latency_;
    RejectedRequests rejected_requests_;
    Stalls stalls_;  // but the present one

    // Used by the running tick only.
    LongPolls long_polls_;
    QueryQueue queries_;
    std::chrono::steady_clock::time_point last_slice_{};
    std::vector<Reply> replies_;
    Time last_tick_;
    bool clock_changed_ = false;  // and not yet written
    std::chrono::steady_clock::duration last_tick_took_{};
    std::chrono::steady_clock::time_point tick_began_{};
    Time next_full_disk_log_{};

    std::thread thread_;  // last: it uses all of the above
};

/// Wakes the scheduler loop from threads that start before it and end after it. Thread-safe.
class LoopWaker {
public:
    /// Connects the waker to the loop during its lifetime; wakes the loop for calls made before.
    class Registration {
    public:
        Registration(LoopWaker& waker, SchedulerLoop& loop) : waker_(waker) {
            waker_.register_loop(&loop);
            waker_.wake();
        }
        ~Registration() { waker_.register_loop(nullptr); }
        Registration(const Registration&) = delete;
        Registration& operator=(const Registration&) = delete;

    private:
        LoopWaker& waker_;
    };

    void wake() {
        const std::lock_guard lock(mutex_);
        if (loop_) loop_->wake();
    }

private:
    void register_loop(SchedulerLoop* loop) {
        const std::lock_guard lock(mutex_);
        loop_ = loop;
    }

    std::mutex mutex_;
    SchedulerLoop* loop_ = nullptr;  // guarded by mutex_
};

}  // namespace freshet::scheduler

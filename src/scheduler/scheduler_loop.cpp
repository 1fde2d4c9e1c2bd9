// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/scheduler_loop.hpp"

#include "base/log.hpp"
#include "base/time.hpp"
#include "scheduler/scheduler_state.hpp"
#include "scheduler/state_machine.hpp"
#include "store/database.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <utility>

namespace freshet::scheduler {

namespace {

constexpr std::chrono::seconds full_disk_retry_delay{1};
constexpr std::chrono::minutes full_disk_log_interval{1};
/// Longest time between ticks while workers are connected, so that a longer gap means that the process was stopped or
/// the machine suspended.
constexpr std::chrono::seconds max_idle_time{5};
constexpr std::chrono::seconds suspend_threshold{15};
constexpr std::chrono::milliseconds max_slice_wait{5};  // between slices of queries, however many requests come

}  // namespace

SchedulerLoop::SchedulerLoop(SchedulerLoopParts parts)
    : parts_(std::move(parts)),
      clock_(parts_.clock),
      last_change_(parts_.scheduler.last_change()),
      due_(clock_.now()),
      last_tick_(due_),
      thread_([this] { run(); }) {}

SchedulerLoop::~SchedulerLoop() {
    {
        const std::lock_guard lock(mutex_);
        inbox_.stopping = true;
    }
    wakeup_.notify_one();
    thread_.join();
}

void SchedulerLoop::submit(std::vector<rpc::Request> requests, OnReply on_reply, IsConnected is_connected) {
    Inbox inbox;
    {
        const std::lock_guard lock(mutex_);
        const bool is_first = inbox_.empty();  // otherwise the loop's thread has been woken
        inbox_.jobs.push_back({std::move(requests), std::move(on_reply), std::move(is_connected)});
        if (phase_ != Phase::idle || !is_first) return;
        inbox = begin_tick();
    }
    run_tick(std::move(inbox));
}

void SchedulerLoop::query(QueryFactory query, OnQueryDone on_done, IsConnected is_connected) {
    {
        const std::lock_guard lock(mutex_);
        inbox_.queries.push_back({std::move(query), std::move(on_done), std::move(is_connected)});
    }
    wakeup_.notify_one();
}

void SchedulerLoop::inspect(std::function<void(const StateMachine&, Time)> visitor) {
    {
        const std::lock_guard lock(mutex_);
        inbox_.inspections.push_back(std::move(visitor));
    }
    wakeup_.notify_one();
}

LatencyHistogram SchedulerLoop::tick_latency() const {
    const std::lock_guard lock(mutex_);
    return tick_latency_;
}

RejectedRequests SchedulerLoop::rejected_requests() const {
    const std::lock_guard lock(mutex_);
    return rejected_requests_;
}

Stalls SchedulerLoop::stalls() const {
    const std::lock_guard lock(mutex_);
    Stalls stalls = stalls_;
    const auto present = std::chrono::duration_cast<std::chrono::seconds>(clock_.steady_now() - tick_began_);
    if (phase_ == Phase::busy && present >= Stalls::threshold) stalls.present = present;
    return stalls;
}

void SchedulerLoop::wake() {
    {
        const std::lock_guard lock(mutex_);
        inbox_.woken = true;
    }
    wakeup_.notify_one();
}

void SchedulerLoop::stop_parking() {
    parking_enabled_ = false;
    wake();
}

void SchedulerLoop::run() {
    Lock lock(mutex_);
    for (bool is_last = false; !is_last;) {
        wait_for_work(lock);
        if (phase_ == Phase::failed) return;
        is_last = inbox_.stopping && inbox_.jobs.empty() && inbox_.inspections.empty() && inbox_.queries.empty() &&
                  queries_.empty();
        Inbox inbox = begin_tick();
        lock.unlock();
        run_tick(std::move(inbox));
        lock.lock();
    }
}

void SchedulerLoop::wait_for_work(Lock& lock) {
    for (;;) {
        const auto rest = due_ - std::min(due_, clock_.now());
        if (phase_ == Phase::failed) return;
        if (phase_ == Phase::idle && (!inbox_.empty() || rest == Time::duration::zero())) return;
        sleeps_until_ = phase_ == Phase::idle ? due_ : never;
        if (*sleeps_until_ == never)
            wakeup_.wait(lock);
        else
            wakeup_.wait_until(lock, clock_.steady_now() + rest);
        sleeps_until_.reset();
    }
}

/// Requires the lock.
SchedulerLoop::Inbox SchedulerLoop::begin_tick() {
    phase_ = Phase::busy;
    tick_began_ = clock_.steady_now();
    Inbox taken = std::exchange(inbox_, {});
    inbox_.stopping = taken.stopping;
    return taken;
}

void SchedulerLoop::end_tick(Time due) {
    const std::lock_guard lock(mutex_);
    phase_ = Phase::idle;
    due_ = due;
    last_tick_took_ = clock_.steady_now() - tick_began_;
    tick_latency_.add(last_tick_took_);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(last_tick_took_);
    if (seconds >= Stalls::threshold) stalls_ = {.count = stalls_.count + 1, .last = clock_.now(), .took = seconds};
    if (!sleeps_until_ || (inbox_.empty() && *sleeps_until_ <= due_)) return;
    sleeps_until_.reset();
    wakeup_.notify_one();
}

void SchedulerLoop::run_tick(Inbox inbox) {
    std::vector<Reply> replies;
    std::vector<QueryQueue::Finished> finished_queries;
    try {
        const Time due = tick(inbox);
        is_disk_full_ = parts_.scheduler.is_disk_full();
        last_change_ = parts_.scheduler.last_change();
        if (inbox.stopping || !parking_enabled_) release_long_polls();
        replies.swap(replies_);
        finished_queries = queries_.take_finished();
        end_tick(due);
    } catch (...) {
        return fail();
    }
    for (Reply& reply : replies) reply.on_reply(std::move(reply.responses));
    for (auto& query : finished_queries) query.on_done(std::move(query.result));
}

void SchedulerLoop::fail() {
    {
        const std::lock_guard lock(mutex_);
        phase_ = Phase::failed;
    }
    wakeup_.notify_one();
    parts_.on_failure(std::current_exception());
}

/// Returns the time of the next tick, unless requests come before.
Time SchedulerLoop::tick(Inbox& inbox) {
    follow_clock();
    const Time now = clock_.now();
    detect_absence(now);
    const Time due = apply(inbox.jobs, now);
    advance_queries(inbox, now);
    for (const auto& visitor : inbox.inspections)
        visitor(parts_.scheduler.machine(), now);  // also while the disk is full
    if (const auto next_slice = queries_.next_due(now)) return std::min(due, *next_slice);
    const bool has_workers = !parts_.scheduler.machine().state().workers.all().empty();
    return has_workers ? std::min<Time>(due, now + max_idle_time) : due;
}

/// Adopts the wall clock if it was set: pauses, leases and polls keep their length.
void SchedulerLoop::follow_clock() {
    const auto change = clock_.resynchronize();
    if (change == Time::duration::zero()) return;
    parts_.scheduler.shift_times(change, clock_.now());
    clock_changed_ = true;
    long_polls_.shift_deadlines(change);
    last_tick_ += change;
    next_full_disk_log_ += change;
    {
        const std::lock_guard lock(mutex_);
        rejected_requests_.last += change;
        stalls_.last += change;
    }
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(change).count();
    parts_.log.write(
        {.level = LogLevel::warning,
         .event = "scheduler.clock_set",
         .message = fmt::format("the clock was set {} by {} s; pauses and worker timeouts keep their length",
                                seconds < 0 ? "back" : "forward", std::abs(seconds)),
         .fields = {{"seconds", seconds}}});
}

/// Extends worker timeouts after a gap: heartbeats sent meanwhile have not been read yet, so that workers would time
/// out.
void SchedulerLoop::detect_absence(Time now) {
    const auto gap = now - std::exchange(last_tick_, now);
    if (gap < suspend_threshold || parts_.scheduler.machine().state().workers.all().empty()) return;
    parts_.scheduler.shift_heartbeats(gap);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(gap).count();
    const bool was_busy = last_tick_took_ >= suspend_threshold;
    parts_.log.write(
        {.level = LogLevel::warning,
         .event = was_busy ? "scheduler.stalled" : "scheduler.absent",
         .message = fmt::format("the scheduler {} for {} s{}; worker timeouts were extended by the same time",
                                was_busy ? "answered nobody" : "was suspended", seconds,
                                was_busy ? ", since it worked on earlier requests or waited for its disk"
                                         : " (process or machine stopped)"),
         .fields = {{"seconds", seconds}}});
}

/// Executes a slice of a query when nobody waits for this tick, or none has been executed for a while.
void SchedulerLoop::advance_queries(Inbox& inbox, Time now) {
    queries_.add(std::move(inbox.queries));
    const auto present = clock_.steady_now();
    if (queries_.empty() || (!inbox.jobs.empty() && present < last_slice_ + max_slice_wait)) return;
    queries_.advance(parts_.scheduler.machine().state(), now);
    last_slice_ = clock_.steady_now();
}

Time SchedulerLoop::apply(std::vector<Job>& jobs, Time now) {
    try {
        if (!jobs.empty()) execute(jobs, now);
        serve_long_polls(now);
        write_pending(now);
        prune_if_due(now);
        serve_long_polls(now);
        const auto next_on_tick = parts_.on_tick();
        return earliest({next_on_tick, parts_.scheduler.next_wakeup(), long_polls_.next_due()}).value_or(never);
    } catch (const DiskFullError& error) {
        log_full_disk(error, now);
        return now + full_disk_retry_delay;
    }
}

void SchedulerLoop::execute(std::vector<Job>& jobs, Time now) {
    std::vector<rpc::Request> requests;
    for (Job& job : jobs) std::ranges::move(job.requests, std::back_inserter(requests));
    auto responses = execute_or_reject(requests, now);
    std::size_t first = 0;
    for (Job& job : jobs) {
        const auto begin = responses.begin() + static_cast<std::ptrdiff_t>(first);
        const auto end = begin + static_cast<std::ptrdiff_t>(job.requests.size());
        auto* request = job.requests.size() == 1 ? std::get_if<rpc::GetWork>(&requests[first]) : nullptr;
        if (request && request->only_lost)
            send_empty_reply(long_polls_.withdraw(request->worker));  // the worker no longer waits for it
        if (request && should_park(job, *request, *begin, now))
            park(job, std::move(*request), std::move(*begin), now);
        else
            replies_.push_back(
                {std::move(job.on_reply), {std::make_move_iterator(begin), std::make_move_iterator(end)}});
        first += job.requests.size();
    }
}

bool SchedulerLoop::should_park(const Job& job, const rpc::GetWork& request, const rpc::Response& response,
                                Time now) const {
    const auto* work = std::get_if<rpc::Work>(&response);
    return parking_enabled_ && request.wait > 0 && now < job.deadline.value_or(never) && work &&
           std::holds_alternative<std::monostate>(work->assignment) &&
           !parts_.scheduler.machine().should_stop_waiting(request);
}

void SchedulerLoop::park(Job& job, rpc::GetWork request, rpc::Response empty_reply, Time now) {
    // A worker that waits must not time out.
    const Seconds longest = parts_.scheduler.machine().state().config.worker_disconnect_delay / 2;
    const Time deadline = job.deadline.value_or(saturating_add(now, std::min(Seconds(request.wait), longest)));
    request.was_parked = true;
    send_empty_reply(long_polls_.park(
        {std::move(request), std::move(job.on_reply), std::move(job.is_connected), deadline, std::move(empty_reply)}));
}

/// Executes polls again until none is taken: each round assigns work or sends a response.
void SchedulerLoop::serve_long_polls(Time now) {
    const StateMachine& machine = parts_.scheduler.machine();
    for (auto taken = long_polls_.take(machine, now); !taken.empty(); taken = long_polls_.take(machine, now)) {
        std::vector<Job> jobs;
        for (LongPoll& poll : taken)
            jobs.push_back(
                {{std::move(poll.request)}, std::move(poll.on_reply), std::move(poll.is_connected), poll.deadline});
        execute(jobs, now);
    }
}

void SchedulerLoop::release_long_polls() {
    for (LongPoll& poll : long_polls_.take_all()) send_empty_reply(std::move(poll));
}

void SchedulerLoop::send_empty_reply(std::optional<LongPoll> poll) {
    if (poll) replies_.push_back({std::move(poll->on_reply), {std::move(poll->empty_reply)}});
}

/// Writes what no request does: what a full disk has refused, and the change of the clock.
void SchedulerLoop::write_pending(Time now) {
    if (clock_changed_ || parts_.scheduler.is_disk_full()) parts_.scheduler.execute({}, now);
    clock_changed_ = false;
}

/// Answers Unavailable to changes while the disk is full, since nothing can be persisted.
std::vector<rpc::Response> SchedulerLoop::execute_or_reject(const std::vector<rpc::Request>& requests, Time now) {
    try {
        return parts_.scheduler.execute(requests, now);
    } catch (const DiskFullError& error) {
        log_full_disk(error, now);
        auto responses = parts_.scheduler.execute_unstored(requests, error.what(), now);
        const auto rejected = std::ranges::count_if(
            responses, [](const auto& response) { return std::holds_alternative<rpc::Unavailable>(response); });
        count_rejected(static_cast<std::size_t>(rejected), error, now);
        return responses;
    }
}

void SchedulerLoop::count_rejected(std::size_t count, const DiskFullError& error, Time now) {
    const std::lock_guard lock(mutex_);
    rejected_requests_ = {.count = rejected_requests_.count + count, .last = now, .reason = error.what()};
}

/// Rate-limited: a line of the log needs disk space as well, and clients retry often.
void SchedulerLoop::log_full_disk(const DiskFullError& error, Time now) {
    if (now < next_full_disk_log_) return;
    next_full_disk_log_ = now + full_disk_log_interval;
    parts_.log.write({.level = LogLevel::error, .event = "state.disk_full", .message = error.what()});
}

void SchedulerLoop::prune_if_due(Time now) {
    const auto due = parts_.scheduler.next_wakeup();
    if (due && *due <= now) parts_.scheduler.execute(std::vector<rpc::Request>{rpc::Prune{}}, now);
}

}  // namespace freshet::scheduler

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/scheduler_thread.hpp"

#include "base/log.hpp"
#include "base/time.hpp"
#include "scheduler/board.hpp"
#include "scheduler/state.hpp"
#include "store/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace freshet::scheduler {

namespace {

/// How long the state rests when the disk is full.
constexpr std::chrono::seconds full_disk_pause{1};
constexpr std::chrono::minutes complaint_interval{1};
/// While workers are known there is a round so often, so that a longer pause tells that the process was stopped, or the
/// clock set: a machine was suspended, say.
constexpr std::chrono::seconds longest_rest{5};
constexpr std::chrono::seconds absence{15};

}  // namespace

SchedulerThread::SchedulerThread(SchedulerThreadParts parts)
    : parts_(std::move(parts)), due_(parts_.clock.now()), last_round_(due_), thread_([this] { run(); }) {}

SchedulerThread::~SchedulerThread() {
    {
        const std::lock_guard lock(mutex_);
        inbox_.stopping = true;
    }
    called_.notify_one();
    thread_.join();
}

void SchedulerThread::submit(std::vector<wire::Request> requests, Answered answered, IsWanted is_wanted) {
    Inbox inbox;
    {
        const std::lock_guard lock(mutex_);
        const bool is_first = inbox_.empty();  // else the own thread has been called
        inbox_.jobs.push_back({std::move(requests), std::move(answered), std::move(is_wanted)});
        if (phase_ != Phase::idle || !is_first) return;
        inbox = begin_round();
    }
    work(std::move(inbox));
}

void SchedulerThread::look(std::function<void(const State&, Time)> see) {
    {
        const std::lock_guard lock(mutex_);
        inbox_.looks.push_back(std::move(see));
    }
    called_.notify_one();
}

LoopTimes SchedulerThread::loop_times() const {
    const std::lock_guard lock(mutex_);
    return loop_times_;
}

Refusals SchedulerThread::refusals() const {
    const std::lock_guard lock(mutex_);
    return refusals_;
}

void SchedulerThread::wake() {
    {
        const std::lock_guard lock(mutex_);
        inbox_.woken = true;
    }
    called_.notify_one();
}

void SchedulerThread::hold_no_more() {
    holds_ = false;
    wake();
}

void SchedulerThread::run() {
    Lock lock(mutex_);
    for (bool is_last = false; !is_last;) {
        wait_for_work(lock);
        if (phase_ == Phase::failed) return;
        is_last = inbox_.stopping && inbox_.jobs.empty() && inbox_.looks.empty();
        Inbox inbox = begin_round();
        lock.unlock();
        work(std::move(inbox));
        lock.lock();
    }
}

void SchedulerThread::wait_for_work(Lock& lock) {
    for (;;) {
        const auto rest = due_ - std::min(due_, parts_.clock.now());
        if (phase_ == Phase::failed) return;
        if (phase_ == Phase::idle && (!inbox_.empty() || rest == Time::duration::zero())) return;
        sleeps_until_ = phase_ == Phase::idle ? due_ : never;
        if (*sleeps_until_ == never)
            called_.wait(lock);
        else
            called_.wait_until(lock, parts_.clock.steady_now() + rest);
        sleeps_until_.reset();
    }
}

/// Under the lock.
SchedulerThread::Inbox SchedulerThread::begin_round() {
    phase_ = Phase::at_work;
    round_began_ = parts_.clock.steady_now();
    Inbox taken = std::exchange(inbox_, {});
    inbox_.stopping = taken.stopping;
    return taken;
}

void SchedulerThread::end_round(Time due) {
    const std::lock_guard lock(mutex_);
    phase_ = Phase::idle;
    due_ = due;
    loop_times_.add(parts_.clock.steady_now() - round_began_);
    if (!sleeps_until_ || (inbox_.empty() && *sleeps_until_ <= due_)) return;
    sleeps_until_.reset();
    called_.notify_one();
}

void SchedulerThread::work(Inbox inbox) {
    std::vector<Reply> replies;
    try {
        const Time due = round(inbox);
        if (inbox.stopping || !holds_) release_held();
        replies.swap(replies_);
        end_round(due);
    } catch (...) {
        return give_up();
    }
    for (Reply& reply : replies) reply.answered(std::move(reply.responses));
}

void SchedulerThread::give_up() {
    {
        const std::lock_guard lock(mutex_);
        phase_ = Phase::failed;
    }
    called_.notify_one();
    parts_.failed(std::current_exception());
}

/// Says when the next round is due, if nobody asks for anything before.
Time SchedulerThread::round(Inbox& inbox) {
    const Time now = parts_.clock.now();
    notice_absence(now);
    const Time due = change(inbox.jobs, now);
    for (const auto& see : inbox.looks) see(parts_.scheduler.state(), now);  // also while the disk is full
    const bool has_workers = !parts_.scheduler.state().board().workers.all().empty();
    return has_workers ? std::min<Time>(due, now + longest_rest) : due;
}

/// What workers said meanwhile has not been read yet: without this, all but the first that is read would count as silent.
void SchedulerThread::notice_absence(Time now) {
    const auto gap = now - std::exchange(last_round_, now);
    if (std::chrono::abs(gap) < absence || parts_.scheduler.state().board().workers.all().empty()) return;
    parts_.scheduler.excuse(gap);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(gap).count();
    parts_.log.write({.level = LogLevel::warning,
                      .event = "scheduler.absent",
                      .message = fmt::format("nobody was listened to for {} s (this process was stopped, or the clock was set): "
                                             "it does not count as the workers' silence", seconds),
                      .fields = {{"seconds", seconds}}});
}

Time SchedulerThread::change(std::vector<Job>& jobs, Time now) {
    try {
        if (!jobs.empty()) execute(jobs, now);
        prune_if_due(now);
        serve_held(now);
        const auto between = parts_.between();
        return earliest({between, parts_.scheduler.next_wakeup(), held_.next_due()}).value_or(never);
    } catch (const store::DiskFullError& error) {
        tell_of_full_disk(error, now);
        return now + full_disk_pause;
    }
}

void SchedulerThread::execute(std::vector<Job>& jobs, Time now) {
    std::vector<wire::Request> requests;
    for (Job& job : jobs) std::ranges::move(job.requests, std::back_inserter(requests));
    auto responses = answers_to(requests, now);
    std::size_t first = 0;
    for (Job& job : jobs) {
        const auto begin = responses.begin() + static_cast<std::ptrdiff_t>(first);
        const auto end = begin + static_cast<std::ptrdiff_t>(job.requests.size());
        auto* question = job.requests.size() == 1 ? std::get_if<wire::GetWork>(&requests[first]) : nullptr;
        if (question && question->only_lost) reply_in_vain(held_.withdraw(question->worker));  // it listens no more
        if (question && is_to_be_held(job, *question, *begin, now))
            hold(job, std::move(*question), std::move(*begin), now);
        else
            replies_.push_back({std::move(job.answered), {std::make_move_iterator(begin), std::make_move_iterator(end)}});
        first += job.requests.size();
    }
}

bool SchedulerThread::is_to_be_held(const Job& job, const wire::GetWork& question, const wire::Response& response,
                                    Time now) const {
    const auto* work = std::get_if<wire::Work>(&response);
    return holds_ && question.wait > 0 && now < job.until.value_or(never) && work &&
           std::holds_alternative<std::monostate>(work->assignment) && !parts_.scheduler.state().has_news_for(question);
}

void SchedulerThread::hold(Job& job, wire::GetWork question, wire::Response in_vain, Time now) {
    // A worker that waits must not be taken for a silent one.
    const Seconds longest = parts_.scheduler.state().board().config.worker_disconnect_delay / 2;
    const Time until = job.until.value_or(later(now, std::min(Seconds(question.wait), longest)));
    reply_in_vain(held_.hold(
        {std::move(question), std::move(job.answered), std::move(job.is_wanted), until, std::move(in_vain)}));
}

/// Ends when the last of those that were asked again have brought nothing: each time somebody gets work or an answer.
void SchedulerThread::serve_held(Time now) {
    const State& state = parts_.scheduler.state();
    for (auto taken = held_.take(state, now); !taken.empty(); taken = held_.take(state, now)) {
        std::vector<Job> jobs;
        for (HeldQuestion& held : taken)
            jobs.push_back(
                {{std::move(held.question)}, std::move(held.answered), std::move(held.is_wanted), held.until});
        execute(jobs, now);
    }
}

void SchedulerThread::release_held() {
    for (HeldQuestion& held : held_.take_all()) reply_in_vain(std::move(held));
}

void SchedulerThread::reply_in_vain(std::optional<HeldQuestion> held) {
    if (held) replies_.push_back({std::move(held->answered), {std::move(held->in_vain)}});
}

/// While the disk is full nothing can be promised: whoever asks is told to come back.
std::vector<wire::Response> SchedulerThread::answers_to(const std::vector<wire::Request>& requests, Time now) {
    try {
        return parts_.scheduler.execute(requests, now);
    } catch (const store::DiskFullError& error) {
        note_refusals(requests.size(), error, now);
        tell_of_full_disk(error, now);
        return std::vector<wire::Response>(requests.size(), wire::Unavailable{error.what()});
    }
}

void SchedulerThread::note_refusals(std::size_t count, const store::DiskFullError& error, Time now) {
    const std::lock_guard lock(mutex_);
    refusals_ = {.count = refusals_.count + count, .last = now, .why = error.what()};
}

/// A line of the log needs room as well, and those who ask again are many.
void SchedulerThread::tell_of_full_disk(const store::DiskFullError& error, Time now) {
    if (now < next_complaint_) return;
    next_complaint_ = now + complaint_interval;
    parts_.log.write({.level = LogLevel::error, .event = "state.disk_full", .message = error.what()});
}

void SchedulerThread::prune_if_due(Time now) {
    const auto due = parts_.scheduler.next_wakeup();
    if (due && *due <= now) parts_.scheduler.execute(std::vector<wire::Request>{wire::Prune{}}, now);
}

}  // namespace freshet::scheduler

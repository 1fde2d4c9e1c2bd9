// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/scheduler_thread.hpp"

#include "base/log.hpp"
#include "scheduler/board.hpp"
#include "scheduler/state.hpp"
#include "store/errors.hpp"

#include <algorithm>
#include <iterator>

namespace freshet::scheduler {

namespace {

/// How long the state rests when the disk is full.
constexpr std::chrono::seconds full_disk_pause{1};

std::optional<Time> earlier(std::optional<Time> one, std::optional<Time> other) {
    if (!one || !other) return one ? one : other;
    return std::min(*one, *other);
}

}  // namespace

SchedulerThread::SchedulerThread(SchedulerThreadParts parts) : parts_(std::move(parts)), thread_([this] { run(); }) {}

SchedulerThread::~SchedulerThread() {
    {
        const std::lock_guard lock(mutex_);
        inbox_.stopping = true;
    }
    filled_.notify_one();
    thread_.join();
}

void SchedulerThread::submit(std::vector<wire::Request> requests, Answered answered, IsWanted is_wanted) {
    {
        const std::lock_guard lock(mutex_);
        inbox_.jobs.push_back({std::move(requests), std::move(answered), std::move(is_wanted)});
    }
    filled_.notify_one();
}

void SchedulerThread::look(std::function<void(const State&, Time)> see) {
    {
        const std::lock_guard lock(mutex_);
        inbox_.looks.push_back(std::move(see));
    }
    filled_.notify_one();
}

LoopTimes SchedulerThread::loop_times() const {
    const std::lock_guard lock(mutex_);
    return loop_times_;
}

void SchedulerThread::wake() {
    {
        const std::lock_guard lock(mutex_);
        inbox_.woken = true;
    }
    filled_.notify_one();
}

void SchedulerThread::hold_no_more() {
    holds_ = false;
    wake();
}

SchedulerThread::Inbox SchedulerThread::take(std::optional<Time> until) {
    std::unique_lock lock(mutex_);
    if (round_began_) loop_times_.add(parts_.clock.steady_now() - *round_began_);
    const auto is_filled = [this] { return !inbox_.empty(); };
    if (until) {
        const auto wait = std::max(*until - parts_.clock.now(), Time::duration::zero());
        filled_.wait_until(lock, parts_.clock.steady_now() + wait, is_filled);
    } else {
        filled_.wait(lock, is_filled);
    }
    Inbox taken = std::exchange(inbox_, {});
    inbox_.stopping = taken.stopping;
    round_began_ = parts_.clock.steady_now();
    return taken;
}

void SchedulerThread::run() {
    try {
        std::optional<Time> until = parts_.clock.now();
        for (;;) {
            Inbox inbox = take(until);
            until = round(inbox);
            if (inbox.stopping || !holds_) release_held();
            if (!inbox.stopping) continue;
            if (inbox.jobs.empty() && inbox.looks.empty()) return;
        }
    } catch (...) {
        parts_.failed(std::current_exception());
    }
}

/// Says when the next round is due, if nobody asks for anything before.
std::optional<Time> SchedulerThread::round(Inbox& inbox) {
    const Time now = parts_.clock.now();
    try {
        if (!inbox.jobs.empty()) execute(inbox.jobs, now);
        prune_if_due(now);
        serve_held(now);
        for (const auto& see : inbox.looks) see(parts_.scheduler.state(), now);
        const auto between = parts_.between();
        return earlier(earlier(between, parts_.scheduler.next_wakeup()), held_.next_due());
    } catch (const store::DiskFullError& error) {
        parts_.log.write({.level = LogLevel::error, .event = "state.disk_full", .message = error.what()});
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
        if (job.requests.size() == 1 && is_to_be_held(job, requests[first], *begin, now))
            hold(job, std::get<wire::GetWork>(std::move(requests[first])), std::move(*begin), now);
        else
            job.answered({std::make_move_iterator(begin), std::make_move_iterator(end)});
        first += job.requests.size();
    }
}

bool SchedulerThread::is_to_be_held(const Job& job, const wire::Request& request, const wire::Response& response,
                                    Time now) const {
    const auto* question = std::get_if<wire::GetWork>(&request);
    const auto* work = std::get_if<wire::Work>(&response);
    return question && holds_ && question->wait > 0 && now < job.until.value_or(never) && work &&
           std::holds_alternative<std::monostate>(work->assignment) &&
           !parts_.scheduler.state().has_news_for(*question);
}

void SchedulerThread::hold(Job& job, wire::GetWork question, wire::Response in_vain, Time now) {
    // A worker that waits must not be taken for a silent one.
    const Seconds longest = parts_.scheduler.state().board().config.worker_disconnect_delay / 2;
    const Time until = job.until.value_or(later(now, std::min(Seconds(question.wait), longest)));
    held_.hold({std::move(question), std::move(job.answered), std::move(job.is_wanted), until, std::move(in_vain)});
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
    for (const HeldQuestion& held : held_.take_all()) held.answered({held.in_vain});
}

/// While the disk is full nothing can be promised: whoever asks is told to come back.
std::vector<wire::Response> SchedulerThread::answers_to(const std::vector<wire::Request>& requests, Time now) {
    try {
        return parts_.scheduler.execute(requests, now);
    } catch (const store::DiskFullError& error) {
        parts_.log.write({.level = LogLevel::error, .event = "state.disk_full", .message = error.what()});
        return {requests.size(), wire::Unavailable{error.what()}};
    }
}

void SchedulerThread::prune_if_due(Time now) {
    const auto due = parts_.scheduler.next_wakeup();
    if (due && *due <= now) parts_.scheduler.execute(std::vector<wire::Request>{wire::Prune{}}, now);
}

}  // namespace freshet::scheduler

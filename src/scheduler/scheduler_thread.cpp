// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/scheduler_thread.hpp"

#include "base/log.hpp"
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

void SchedulerThread::submit(std::vector<wire::Request> requests, Answered answered) {
    {
        const std::lock_guard lock(mutex_);
        inbox_.jobs.push_back({std::move(requests), std::move(answered)});
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

void SchedulerThread::wake() {
    {
        const std::lock_guard lock(mutex_);
        inbox_.woken = true;
    }
    filled_.notify_one();
}

SchedulerThread::Inbox SchedulerThread::take(std::optional<Time> until) {
    std::unique_lock lock(mutex_);
    const auto is_filled = [this] { return !inbox_.empty(); };
    if (until) {
        const auto wait = std::max(*until - parts_.clock.now(), Time::duration::zero());
        filled_.wait_until(lock, parts_.clock.steady_now() + wait, is_filled);
    } else {
        filled_.wait(lock, is_filled);
    }
    Inbox taken = std::exchange(inbox_, {});
    inbox_.stopping = taken.stopping;
    return taken;
}

void SchedulerThread::run() {
    try {
        std::optional<Time> until = parts_.clock.now();
        for (;;) {
            Inbox inbox = take(until);
            until = round(inbox);
            if (inbox.stopping && inbox.jobs.empty() && inbox.looks.empty()) return;
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
        for (const auto& see : inbox.looks) see(parts_.scheduler.state(), now);
        const auto between = parts_.between();
        return earlier(between, parts_.scheduler.next_wakeup());
    } catch (const store::DiskFullError& error) {
        parts_.log.write({.level = LogLevel::error, .event = "state.disk_full", .message = error.what()});
        return now + full_disk_pause;
    }
}

void SchedulerThread::execute(std::vector<Job>& jobs, Time now) {
    std::vector<wire::Request> requests;
    for (Job& job : jobs) std::ranges::move(job.requests, std::back_inserter(requests));
    auto responses = answers_to(requests, now);
    auto next = responses.begin();
    for (Job& job : jobs) {
        const auto end = next + static_cast<std::ptrdiff_t>(job.requests.size());
        job.answered({std::make_move_iterator(next), std::make_move_iterator(end)});
        next = end;
    }
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

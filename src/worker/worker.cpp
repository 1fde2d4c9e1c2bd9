// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/worker.hpp"

#include "store/database.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::worker {

namespace {

// What of an attempt's log is sent with its result: its last lines, so that a screen shows them.
constexpr std::size_t max_tail_lines = 20;
constexpr std::size_t max_tail_line_length = 400;
constexpr std::chrono::milliseconds min_wait{100};  // of a worker that has served long enough, but still runs something

}  // namespace

Worker::Worker(const Registry& registry, Plan& plan, const WorkerParts& parts, WorkerOptions options)
    : registry_(registry), plan_(plan), parts_(parts), options_(std::move(options)) {}

void Worker::run() {
    try {
        run_loop();
    } catch (const std::exception&) {
        log_unfinished();
        throw;
    }
}

void Worker::log_unfinished() const {
    if (running_.empty()) return;
    const std::string first = plan_[running_.begin()->second.node].task.description();
    const std::string more = running_.size() > 1 ? fmt::format(" and {} more", running_.size() - 1) : "";
    parts_.observer.notified(fmt::format("leaving {}{} unfinished: the next run begins anew", first, more));
}

void Worker::run_loop() {
    last_busy_ = parts_.clock.now();
    call({rpc::AddWorker{.worker = options_.id, .info = options_.info}});
    register_from(0);
    for (;;) {
        sync_with_scheduler();
        poll_for_work();
        next_tick_ = parts_.on_tick();
        if (!has_more_to_do()) return shut_down();
        on_messages(parts_.mailbox.take_all(deadline()));
        check_stop_requests();
        check_timers();
        finish_attempts();
    }
}

bool Worker::has_more_to_do() const {
    if (!running_.empty() || !results_.empty() || !unsent_reports_.empty()) return true;
    if (stop_requests_seen_ > 0 || is_disabled_) return false;
    if (awaits_external() || (options_.shared_scheduler && expects_work())) return true;
    if (paused_until_ && may_be_work_) return true;
    return std::any_of(retries_.begin(), retries_.end(), [this](const auto& retry) { return waits_for(retry.second); });
}

bool Worker::waits_for(const Retry& retry) const {
    if (retry.reason != FailureClass::not_ready) return true;
    return options_.wait_until && retry.at <= *options_.wait_until;
}

std::chrono::steady_clock::time_point Worker::deadline() const {
    Time next = last_call_ + options_.ping_interval.value_or(std::chrono::hours(24));
    if (next_poll_) next = std::min(next, *next_poll_);
    if (options_.shared_scheduler && options_.shared_scheduler->idle_timeout)
        next = std::min(next,
                        std::max(last_busy_ + *options_.shared_scheduler->idle_timeout, parts_.clock.now() + min_wait));
    if (paused_until_) next = std::min(next, *paused_until_);
    if (next_tick_) next = std::min(next, *next_tick_);
    for (const auto& [node, when] : cooldowns_) next = std::min(next, when);
    if (awaits_external()) next = std::min({next, next_external_check_, *options_.wait_until});
    if (free_slots() > 0)
        for (const auto& [node, retry] : retries_)
            if (waits_for(retry)) next = std::min(next, retry.at);
    // Rounded up: a scheduler asked a moment too early has no work yet.
    const auto wait =
        std::chrono::ceil<std::chrono::milliseconds>(std::max(next - parts_.clock.now(), Time::duration::zero()));
    return parts_.clock.steady_now() + wait;
}

void Worker::check_stop_requests() {
    const int stop_requests = parts_.stop_requests();
    if (stop_requests == stop_requests_seen_) return;
    if (stop_requests_seen_ == 0 && stop_requests == 1)
        parts_.observer.notified(fmt::format("asked to stop: finishing {} running, starting no more", running_.size()));
    if (stop_requests >= 2 && stop_requests_seen_ < 2) {
        parts_.observer.notified(fmt::format("asked to stop again: giving {} running back", running_.size()));
        for (const auto& [token, running] : running_)
            (plan_[running.node].task.type().isolation == Isolation::process ? parts_.processes : parts_.threads)
                .cancel(token);
    }
    stop_requests_seen_ = stop_requests;
}

void Worker::check_timers() {
    const Time now = parts_.clock.now();
    if (paused_until_ && *paused_until_ <= now) {
        paused_until_.reset();
        may_be_work_ = true;
    }
    for (const auto& [node, retry] : retries_) may_be_work_ |= retry.at <= now;
    if (next_poll_ && *next_poll_ <= now) {
        next_poll_.reset();
        may_be_work_ = true;
    }
    register_cooled_down();
    check_external();
    if (options_.ping_interval && last_call_ + *options_.ping_interval <= now) call({rpc::Ping{.worker = options_.id}});
}

namespace {

/// Passes an attempt's news on to whoever watches.
struct ForwardToObserver {
    Observer& observer;
    const AnyTask& task;

    void operator()(const Progress& message) const { observer.progressed(task, message.fraction); }
    void operator()(const StatusMessage& message) const { observer.status_changed(task, message.text); }
    void operator()(const LogLine& message) const { observer.logged(task, message.text, message.is_warning); }
};

}  // namespace

void Worker::on_messages(const std::vector<Message>& messages) {
    for (const Message& message : messages)
        std::visit(
            [this](const auto& one) {
                using One = std::decay_t<decltype(one)>;
                if constexpr (std::is_same_v<One, AttemptResult>) {
                    results_.push_back(one);
                } else if constexpr (std::is_same_v<One, PollResult>) {
                    on_poll_result(one);
                } else if constexpr (std::is_same_v<One, SetSlots>) {
                    set_slots(one.slots);
                } else if constexpr (!std::is_same_v<One, Wakeup>) {
                    const auto running = running_.find(one.token);
                    if (running == running_.end()) return;
                    if constexpr (std::is_same_v<One, LogLine>) append_log_tail(running->second, one);
                    ForwardToObserver{parts_.observer, plan_[running->second.node].task}(one);
                }
            },
            message);
}

/// Whoever looks at the scheduler's page does not see this machine's log.
void Worker::append_log_tail(RunningAttempt& running, const LogLine& line) const {
    if (!options_.shared_scheduler) return;
    running.log_tail.push_back(line.text.substr(0, max_tail_line_length));
    if (running.log_tail.size() > max_tail_lines) running.log_tail.pop_front();
}

std::vector<rpc::Response> Worker::call(const std::vector<rpc::Request>& requests) {
    for (;;) {
        try {
            auto responses = parts_.scheduler.call(requests);
            last_call_ = parts_.clock.now();
            return responses;
        } catch (const DiskFullError& error) {
            if (parts_.stop_requests() >= 2) throw;
            pause_for_full_disk(error.what());
            on_messages(parts_.mailbox.take_all(parts_.clock.steady_now() + options_.full_disk_pause));
        }
    }
}

void Worker::pause_for_full_disk(const std::string& reason) {
    parts_.observer.notified(
        fmt::format("{}: starting nothing for {} s, then trying again", reason, options_.full_disk_pause.count()));
    paused_until_ = parts_.clock.now() + options_.full_disk_pause;
}

}  // namespace freshet::worker

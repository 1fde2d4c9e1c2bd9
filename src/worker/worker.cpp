// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/worker.hpp"

#include "store/errors.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::worker {

namespace {

// What of an attempt's log is sent with its result: its last lines, so that a screen shows them.
constexpr std::size_t most_words = 20;
constexpr std::size_t longest_word = 400;
constexpr std::chrono::milliseconds shortest_wait{100};  // of a worker that has served long enough, but still runs something

}  // namespace

Worker::Worker(const Registry& registry, Plan& plan, const WorkerParts& parts, WorkerOptions options)
    : registry_(registry), plan_(plan), parts_(parts), options_(std::move(options)) {}

void Worker::run() {
    try {
        work();
    } catch (const std::exception&) {
        tell_unfinished();
        throw;
    }
}

void Worker::tell_unfinished() const {
    if (running_.empty()) return;
    const std::string first = plan_[running_.begin()->second.node].task.description();
    const std::string more = running_.size() > 1 ? fmt::format(" and {} more", running_.size() - 1) : "";
    parts_.observer.noticed(fmt::format("leaving {}{} unfinished: the next run begins anew", first, more));
}

void Worker::work() {
    last_busy_ = parts_.clock.now();
    call({wire::AddWorker{.worker = options_.id, .info = options_.info}});
    register_from(0);
    for (;;) {
        exchange();
        wait_for_work();
        next_between_ = parts_.between();
        if (!has_more_to_do()) return leave();
        hear(parts_.mailbox.take_all(deadline()));
        notice_stops();
        notice_time();
        settle();
    }
}

bool Worker::has_more_to_do() const {
    if (!running_.empty() || !results_.empty() || !unsent_.empty()) return true;
    if (stops_noticed_ > 0 || is_dismissed_) return false;
    if (awaits_given() || (options_.sharing && expects_work())) return true;
    if (paused_until_ && may_be_work_) return true;
    return std::any_of(retries_.begin(), retries_.end(), [this](const auto& retry) { return waits_for(retry.second); });
}

bool Worker::waits_for(const Retry& retry) const {
    if (retry.why != FailureClass::not_yet) return true;
    return options_.wait_until && retry.at <= *options_.wait_until;
}

std::chrono::steady_clock::time_point Worker::deadline() const {
    Time next = last_call_ + options_.ping_interval.value_or(std::chrono::hours(24));
    if (next_poll_) next = std::min(next, *next_poll_);
    if (options_.sharing && options_.sharing->serves)
        next = std::min(next, std::max(last_busy_ + *options_.sharing->serves, parts_.clock.now() + shortest_wait));
    if (paused_until_) next = std::min(next, *paused_until_);
    if (next_between_) next = std::min(next, *next_between_);
    for (const auto& [node, when] : cooling_) next = std::min(next, when);
    if (awaits_given()) next = std::min({next, next_look_, *options_.wait_until});
    if (free_slots() > 0)
        for (const auto& [node, retry] : retries_)
            if (waits_for(retry)) next = std::min(next, retry.at);
    // Rounded up: a scheduler asked a moment too early has no work yet.
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(std::max(next - parts_.clock.now(), Time::duration::zero()));
    return parts_.clock.steady_now() + wait;
}

void Worker::notice_stops() {
    const int stops = parts_.stops();
    if (stops == stops_noticed_) return;
    if (stops_noticed_ == 0 && stops == 1)
        parts_.observer.noticed(fmt::format("asked to stop: finishing {} running, starting no more", running_.size()));
    if (stops >= 2 && stops_noticed_ < 2) {
        parts_.observer.noticed(fmt::format("asked to stop again: giving {} running back", running_.size()));
        for (const auto& [token, running] : running_)
            (plan_[running.node].task.type().isolation == Isolation::process ? parts_.processes : parts_.threads).cancel(token);
    }
    stops_noticed_ = stops;
}

void Worker::notice_time() {
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
    register_believed();
    look_for_given();
    if (options_.ping_interval && last_call_ + *options_.ping_interval <= now) call({wire::Ping{.worker = options_.id}});
}

namespace {

/// Passes an attempt's news on to whoever watches.
struct News {
    Observer& observer;
    const AnyTask& task;

    void operator()(const Progress& news) const { observer.progressed(task, news.fraction); }
    void operator()(const StatusMessage& news) const { observer.said(task, news.text); }
    void operator()(const LogLine& news) const { observer.logged(task, news.text, news.is_warning); }
};

}  // namespace

void Worker::hear(const std::vector<Message>& messages) {
    for (const Message& message : messages)
        std::visit(
            [this](const auto& one) {
                using One = std::decay_t<decltype(one)>;
                if constexpr (std::is_same_v<One, AttemptResult>) {
                    results_.push_back(one);
                } else if constexpr (std::is_same_v<One, Offer>) {
                    take_offer(one);
                } else if constexpr (std::is_same_v<One, Resize>) {
                    resize(one.slots);
                } else if constexpr (!std::is_same_v<One, Nudge>) {
                    const auto running = running_.find(one.token);
                    if (running == running_.end()) return;
                    if constexpr (std::is_same_v<One, LogLine>) keep_words(running->second, one);
                    News{parts_.observer, plan_[running->second.node].task}(one);
                }
            },
            message);
}

/// Whoever looks at the scheduler's page does not see this machine's log.
void Worker::keep_words(Running& running, const LogLine& line) const {
    if (!options_.sharing) return;
    running.last_words.push_back(line.text.substr(0, longest_word));
    if (running.last_words.size() > most_words) running.last_words.pop_front();
}

std::vector<wire::Response> Worker::call(const std::vector<wire::Request>& requests) {
    for (;;) {
        try {
            auto responses = parts_.scheduler.call(requests);
            last_call_ = parts_.clock.now();
            return responses;
        } catch (const store::DiskFullError& error) {
            if (parts_.stops() >= 2) throw;
            pause_for_full_disk(error.what());
            hear(parts_.mailbox.take_all(parts_.clock.steady_now() + options_.full_disk_pause));
        }
    }
}

void Worker::pause_for_full_disk(const std::string& reason) {
    parts_.observer.noticed(fmt::format("{}: starting nothing for {} s, then trying again", reason, options_.full_disk_pause.count()));
    paused_until_ = parts_.clock.now() + options_.full_disk_pause;
}

}  // namespace freshet::worker

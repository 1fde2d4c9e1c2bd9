// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/worker.hpp"

#include "store/errors.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::worker {

Worker::Worker(const Registry& registry, Plan& plan, const WorkerParts& parts, WorkerOptions options)
    : registry_(registry), plan_(plan), parts_(parts), options_(std::move(options)) {}

void Worker::run() {
    call({wire::AddWorker{.worker = options_.id, .info = options_.info}});
    register_from(0);
    for (;;) {
        exchange();
        next_between_ = parts_.between();
        if (!has_more_to_do()) return;
        hear(parts_.mailbox.take_all(deadline()));
        notice_stops();
        notice_time();
        settle();
    }
}

bool Worker::has_more_to_do() const {
    if (!running_.empty() || !results_.empty() || !unsent_.empty()) return true;
    if (stops_noticed_ > 0) return false;
    if (paused_until_ && may_be_work_) return true;
    return std::any_of(retries_.begin(), retries_.end(), [this](const auto& retry) { return waits_for(retry.second); });
}

bool Worker::waits_for(const Retry& retry) const {
    if (retry.why != FailureClass::not_yet) return true;
    return options_.wait_until && retry.at <= *options_.wait_until;
}

std::chrono::steady_clock::time_point Worker::deadline() const {
    Time next = last_call_ + options_.ping_interval;
    if (paused_until_) next = std::min(next, *paused_until_);
    if (next_between_) next = std::min(next, *next_between_);
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
    if (last_call_ + options_.ping_interval <= now) call({wire::Ping{.worker = options_.id}});
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
                } else if constexpr (!std::is_same_v<One, Nudge>) {
                    const auto running = running_.find(one.token);
                    if (running != running_.end()) News{parts_.observer, plan_[running->second.node].task}(one);
                }
            },
            message);
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

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/scaling_rule.hpp"

#include "base/time.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::daemon {

namespace {

using namespace std::chrono_literals;

std::string readable(std::chrono::duration<double> time) {
    return readable_duration(std::chrono::ceil<std::chrono::milliseconds>(time));
}

std::string describe(const QueueStatus& queue) {
    std::string text = fmt::format("{} ready, {} running", queue.ready, queue.running);
    if (queue.held_up > 0) text += fmt::format(", {} held up by resources", queue.held_up);
    if (queue.is_paused) text += ", the scheduler is paused";
    return text;
}

}  // namespace

QueueStatus queue_status_from_json(const Json& json) {
    return {.ready = json.at("ready").as_integer(),
            .oldest = std::chrono::duration<double>(json.at("oldest").as_number()),
            .held_up = json.at("held_up").as_integer(),
            .running = json.at("running").as_integer(),
            .is_paused = json.at("paused").as_bool()};
}

ScalingDecision ScalingRule::decide(const QueueStatus& queue, WorkerCounts workers, Time now) {
    const bool is_late = this->is_late(queue, now);
    const std::int64_t for_late = is_late ? workers.active + 1 : 0;
    const std::int64_t wanted =
        std::clamp(std::max(wanted_by_depth(queue), for_late), options_.min_workers, options_.max_workers);
    samples_.push_back({now, wanted});
    if (const std::int64_t start = startable(wanted, workers, now); start > 0) {
        started_ = now;
        return {
            .start = start,
            .reason = describe(queue) + (is_late ? fmt::format(", the oldest for {}", readable(queue.oldest)) : "")};
    }
    const std::int64_t kept = most_wanted(now);
    if (kept >= workers.active) return {};
    return {
        .drain = workers.active - kept,
        .reason = fmt::format("{}; for {} no more than {} wanted", describe(queue), readable(options_.cooldown), kept)};
}

std::chrono::seconds ScalingRule::on_failed_worker(Time now, std::chrono::seconds lived) {
    if (lived > options_.longest_pause) pause_ = 0s;
    pause_ = std::clamp<std::chrono::seconds>(2 * pause_, 1s, options_.longest_pause);
    no_start_before_ = now + pause_;
    return pause_;
}

std::int64_t ScalingRule::wanted_by_depth(const QueueStatus& queue) const {
    const std::int64_t tasks = (queue.is_paused ? 0 : queue.ready) + queue.running;
    return (tasks + options_.tasks_per_worker - 1) / options_.tasks_per_worker;
}

/// A worker that was started just now has had no time to help.
bool ScalingRule::is_late(const QueueStatus& queue, Time now) const {
    if (queue.is_paused || queue.ready == 0 || queue.oldest <= options_.longest_wait) return false;
    return !started_ || now - *started_ >= options_.longest_wait;
}

/// The most that was wanted within the cooldown; any number until it has been observed for as long.
std::int64_t ScalingRule::most_wanted(Time now) {
    const Time begin = now - options_.cooldown;
    while (samples_.size() > 1 && samples_[1].at <= begin) samples_.pop_front();
    if (samples_.front().at > begin) return options_.max_workers;
    return std::ranges::max(samples_, {}, &Sample::wanted).wanted;
}

/// Workers that are draining count until they have ended.
std::int64_t ScalingRule::startable(std::int64_t wanted, WorkerCounts workers, Time now) const {
    if (no_start_before_ && now < *no_start_before_) return 0;
    const std::int64_t room = options_.max_workers - workers.active - workers.draining;
    return std::max<std::int64_t>(0, std::min(wanted - workers.active, room));
}

}  // namespace freshet::daemon

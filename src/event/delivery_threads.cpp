// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "event/delivery_threads.hpp"

#include "freshet/error.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace freshet::event {

namespace {

constexpr std::chrono::milliseconds poll_interval{100};

}  // namespace

DeliveryThread::DeliveryThread(Sink& sink, std::function<void()> wake)
    : sink_(sink), wake_(std::move(wake)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void DeliveryThread::send(std::vector<store::PendingEvent> events) {
    {
        const std::lock_guard lock(mutex_);
        std::ranges::move(events, std::back_inserter(queue_));
    }
    filled_.notify_one();
}

std::vector<DeliveryThread::DeliveryAttempt> DeliveryThread::collect() {
    const std::lock_guard lock(mutex_);
    return std::exchange(attempts_, {});
}

void DeliveryThread::stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
}

void DeliveryThread::run(const std::stop_token& stop) {
    for (;;) {
        std::vector<store::PendingEvent> events;
        {
            std::unique_lock lock(mutex_);
            if (!filled_.wait(lock, stop, [&] { return !queue_.empty(); })) return;
            events = std::exchange(queue_, {});
        }
        bool is_unavailable = false;
        for (auto& event : events) {
            if (stop.stop_requested()) return;
            std::optional<DeliveryResult> result;
            if (!is_unavailable) result = try_deliver(sink_, event);
            is_unavailable = is_unavailable || result->is_unavailable();
            {
                const std::lock_guard lock(mutex_);
                attempts_.push_back({.event = std::move(event), .result = std::move(result)});
            }
            wake_();
        }
    }
}

DeliveryThreads::DeliveryThreads(DeliveryServices services, Sinks sinks, std::function<void()> wake)
    : clock_(services.clock), delivery_(std::move(services), std::move(sinks)), wake_(std::move(wake)) {
    for (std::size_t i = 0; i < delivery_.sinks(); ++i)
        sink_states_.push_back({.thread = std::make_unique<DeliveryThread>(delivery_.sink(i), [this] { on_wake(); })});
}

DeliveryThreads::~DeliveryThreads() {
    for (auto& state : sink_states_) state.thread->stop();
    try {
        for (std::size_t i = 0; i < sink_states_.size(); ++i) record_results(i);
    } catch (const Error&) {
        // Unrecorded deliveries are repeated by the next start, under the same id.
    }
}

DeliveryStatus DeliveryThreads::poll() {
    DeliveryStatus status;
    for (std::size_t i = 0; i < sink_states_.size(); ++i) {
        record_results(i);
        // One batch at a time: it holds an event of each queue, and the next of a queue must wait for it.
        if (sink_states_[i].in_flight == 0) dispatch(i);
        auto backlog = delivery_.backlog(i);
        if (sink_states_[i].in_flight > 0) backlog.next_try.reset();
        status = status + backlog;
    }
    return status;
}

std::optional<Time> DeliveryThreads::poll_if_due() {
    if (sink_states_.empty()) return std::nullopt;
    const Time now = clock_.now();
    const bool is_soon = now < next_poll_ && next_poll_ <= now + poll_interval;  // else the clock was set
    if (!has_results_.exchange(false) && is_soon) return next_poll_;
    next_poll_ = now + poll_interval;
    return poll().next_try;
}

DeliveryStatus DeliveryThreads::finish(std::chrono::milliseconds timeout) {
    const auto deadline = clock_.steady_now() + timeout;
    for (;;) {
        const auto status = poll();
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock_.steady_now());
        if (status.pending == 0 || left.count() <= 0) return status;
        auto pause = left;
        if (status.next_try)
            pause = std::min(left, std::chrono::ceil<std::chrono::milliseconds>(*status.next_try - clock_.now()));
        if (pause == left && !is_busy()) return status;
        wait_for_wake(pause);
    }
}

void DeliveryThreads::deliver_due(std::chrono::milliseconds timeout) {
    const auto deadline = clock_.steady_now() + timeout;
    for (poll(); is_busy(); poll()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock_.steady_now());
        if (left.count() <= 0) return;
        wait_for_wake(left);
    }
}

std::vector<SinkBacklog> DeliveryThreads::undelivered() {
    std::vector<SinkBacklog> backlogs;
    for (std::size_t i = 0; i < delivery_.sinks(); ++i)
        if (auto backlog = delivery_.backlog(i); backlog.undelivered() > 0) backlogs.push_back(std::move(backlog));
    return backlogs;
}

void DeliveryThreads::on_wake() {
    {
        const std::lock_guard lock(mutex_);
        is_woken_ = true;
    }
    woken_.notify_one();
    has_results_ = true;
    if (wake_) wake_();
}

void DeliveryThreads::record_results(std::size_t sink) {
    const auto attempts = sink_states_[sink].thread->collect();
    sink_states_[sink].in_flight -=
        attempts.size();  // first: what a full disk keeps from being recorded is tried once more
    for (const auto& [event, result] : attempts)
        if (result) delivery_.record(sink, event, *result);
}

void DeliveryThreads::dispatch(std::size_t sink) {
    auto events = delivery_.due(sink);
    if (events.empty()) return;
    sink_states_[sink].in_flight = events.size();
    sink_states_[sink].thread->send(std::move(events));
}

bool DeliveryThreads::is_busy() const {
    return std::ranges::any_of(sink_states_, [](const SinkState& state) { return state.in_flight > 0; });
}

void DeliveryThreads::wait_for_wake(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, timeout, [&] { return is_woken_; });
    is_woken_ = false;
}

}  // namespace freshet::event

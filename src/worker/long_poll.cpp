// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/long_poll.hpp"

#include "freshet/error.hpp"

#include <utility>

namespace freshet::worker {

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds min_poll_interval{1'000};  // after an empty answer

}  // namespace

LongPollClient::LongPollClient(AskForWork ask, std::chrono::milliseconds max_wait, Mailbox<Message>& mailbox)
    : ask_(std::move(ask)),
      max_wait_(max_wait),
      mailbox_(mailbox),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

LongPollClient::~LongPollClient() = default;

void LongPollClient::start(rpc::GetWork request) {
    request.wait = std::chrono::duration<double>(max_wait_).count();
    // The running tasks will have changed before the answer comes: only a short request can recover lost answers.
    request.current_tasks.reset();
    {
        const std::lock_guard lock(mutex_);
        request_ = std::move(request);
    }
    requested_.notify_one();
}

PollResult LongPollClient::cancel(rpc::GetWork lost_request) {
    thread_.request_stop();
    thread_.join();
    return poll(lost_request, {});
}

void LongPollClient::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (requested_.wait(lock, stop, [&] { return request_.has_value(); })) {
        const rpc::GetWork request = *std::exchange(request_, std::nullopt);
        lock.unlock();
        const auto polled_at = SteadyClock::now();
        PollResult result = poll(request, stop);
        lock.lock();
        const bool is_empty = !result.work || std::holds_alternative<std::monostate>(result.work->assignment);
        if (is_empty) requested_.wait_until(lock, stop, polled_at + min_poll_interval, [] { return false; });
        mailbox_.put(std::move(result));
    }
}

PollResult LongPollClient::poll(const rpc::GetWork& request, const std::stop_token& stop) {
    try {
        return {ask_(request, stop)};
    } catch (const Error&) {
        return {};  // the worker's next request reports the error
    }
}

}  // namespace freshet::worker

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/thread_runner.hpp"

#include "base/time.hpp"
#include "worker/message_reporter.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::worker {

ThreadRunner::ThreadRunner(int threads, const Tools& tools, Mailbox<Message>& mailbox)
    : most_threads_(static_cast<std::size_t>(std::max(threads, 1))), tools_(tools), mailbox_(mailbox) {}

ThreadRunner::~ThreadRunner() {
    {
        const std::lock_guard lock(mutex_);
        is_ending_ = true;
        line_.clear();
        for (const auto& [token, flag] : flags_) *flag = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void ThreadRunner::start(Attempt attempt) {
    const std::lock_guard lock(mutex_);
    Flag flag = std::make_shared<std::atomic<bool>>(false);
    flags_.emplace(attempt.token, flag);
    line_.push_back({std::move(attempt), std::move(flag)});
    if (line_.size() > idle_ && threads_.size() < most_threads_)
        threads_.emplace_back([this] { work(); });
    else
        changed_.notify_one();
}

void ThreadRunner::cancel(const std::string& token) {
    const std::lock_guard lock(mutex_);
    if (const auto found = flags_.find(token); found != flags_.end()) *found->second = true;
}

void ThreadRunner::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        ++idle_;
        changed_.wait(lock, [&] { return is_ending_ || !line_.empty(); });
        --idle_;
        if (is_ending_) return;
        const Waiting next = std::move(line_.front());
        line_.pop_front();
        lock.unlock();
        run(next);
        lock.lock();
        flags_.erase(next.attempt.token);
    }
}

void ThreadRunner::run(const Waiting& waiting) {
    if (*waiting.is_cancelled) {
        mailbox_.put(AttemptResult{.token = waiting.attempt.token,
                                   .failure = {FailureClass::transient, "cancelled before it started"},
                                   .started = tools_.clock.now(),
                                   .ended = tools_.clock.now()});
        return;
    }
    MessageReporter reporter(waiting.attempt.token, [this](Message message) { mailbox_.put(std::move(message)); });
    const auto timeout = timeout_of(waiting.attempt.task);
    const auto deadline = tools_.clock.steady_now() + timeout;
    const auto is_late = [&] { return timeout.count() > 0 && tools_.clock.steady_now() >= deadline; };
    AttemptResult result = run_attempt(waiting.attempt, tools_, reporter, [&] { return *waiting.is_cancelled || is_late(); });
    if (result.ending == Ending::failed && *waiting.is_cancelled)
        excuse(result, "cancelled");
    else if (result.ending == Ending::failed && is_late())
        excuse(result, fmt::format("took longer than {}", readable_duration(timeout)));
    mailbox_.put(std::move(result));
}

}  // namespace freshet::worker

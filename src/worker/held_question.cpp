// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/held_question.hpp"

namespace freshet::worker {

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds shortest{1'000};  // between two questions that were answered with nothing

}  // namespace

HeldQuestion::HeldQuestion(SchedulerAddress address, std::chrono::milliseconds longest, Mailbox<Message>& mailbox)
    : address_(std::move(address)),
      longest_(longest),
      mailbox_(mailbox),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

HeldQuestion::~HeldQuestion() = default;

void HeldQuestion::ask(wire::GetWork question) {
    question.wait = std::chrono::duration<double>(longest_).count();
    // What it is running now will have changed when the answer comes: only a quick question can tell what got lost.
    question.current_tasks.reset();
    {
        const std::lock_guard lock(mutex_);
        question_ = std::move(question);
    }
    asked_.notify_one();
}

Offer HeldQuestion::withdraw(wire::GetWork for_lost) {
    thread_.request_stop();
    thread_.join();
    const auto client = http::make_client();
    return answer(SchedulerLine(address_, *client), for_lost, {});
}

void HeldQuestion::run(const std::stop_token& stop) {
    const auto client = http::make_client();
    const SchedulerLine line(address_, *client);
    std::unique_lock lock(mutex_);
    while (asked_.wait(lock, stop, [&] { return question_.has_value(); })) {
        const wire::GetWork question = *std::exchange(question_, std::nullopt);
        lock.unlock();
        const auto asked = SteadyClock::now();
        Offer offer = answer(line, question, stop);
        lock.lock();
        const bool is_empty = !offer.work || std::holds_alternative<std::monostate>(offer.work->assignment);
        if (is_empty) asked_.wait_until(lock, stop, asked + shortest, [] { return false; });
        mailbox_.put(std::move(offer));
    }
}

Offer HeldQuestion::answer(const SchedulerLine& line, const wire::GetWork& question, const std::stop_token& stop) {
    try {
        return {std::get<wire::Work>(line.post(question, stop))};
    } catch (const Error&) {
        return {};  // the worker asks again by itself, and says what is wrong
    }
}

}  // namespace freshet::worker

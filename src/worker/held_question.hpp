// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "worker/mailbox.hpp"
#include "worker/message.hpp"
#include "worker/scheduler_line.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace freshet::worker {

/// Asks a remote scheduler for work that may take a while to appear, on a thread of its own: the scheduler holds the
/// question until there is some, while the worker goes on. One question at a time; each is answered by one Offer.
class HeldQuestion {
public:
    HeldQuestion(SchedulerAddress address, std::chrono::milliseconds longest, Mailbox<Message>& mailbox);
    /// A question that is still held is withdrawn.
    ~HeldQuestion();
    HeldQuestion(const HeldQuestion&) = delete;
    HeldQuestion& operator=(const HeldQuestion&) = delete;

    void ask(wire::GetWork question);
    /// Ends: the question that is held, if any, is answered by an Offer of nothing, or was by another just before. Then
    /// asks once for what was handed out in an answer that nobody reads any more; an Offer of nothing also when the
    /// scheduler cannot be asked.
    Offer withdraw(wire::GetWork for_lost);

private:
    void run(const std::stop_token& stop);
    Offer answer(const SchedulerLine& line, const wire::GetWork& question, const std::stop_token& stop);

    const SchedulerAddress address_;
    const std::chrono::milliseconds longest_;
    Mailbox<Message>& mailbox_;

    std::mutex mutex_;  // guards question_
    std::condition_variable_any asked_;
    std::optional<wire::GetWork> question_;
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace freshet::worker

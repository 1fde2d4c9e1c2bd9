// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "rpc/responses.hpp"
#include "worker/messages.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace freshet::worker {

/// Asks for work; returns when there is some, at the end of the request's wait, or when a stop is requested. Called on
/// any thread. Throws Error when nobody answers.
using AskForWork = std::function<rpc::Work(const rpc::GetWork&, const std::stop_token&)>;

/// Long-polls a scheduler for work on its own thread: the scheduler parks the request until there is some. One
/// request at a time; each is answered by one PollResult in the mailbox. A failed call gives an empty one: the worker's
/// next call reports the error. An empty one comes a second after the request at the earliest. For the worker's thread.
class LongPollClient {
public:
    /// The mailbox must outlive the object.
    LongPollClient(AskForWork ask, std::chrono::milliseconds max_wait, Mailbox<Message>& mailbox);
    /// Cancels a parked request and waits for the thread.
    ~LongPollClient();
    LongPollClient(const LongPollClient&) = delete;
    LongPollClient& operator=(const LongPollClient&) = delete;

    /// Sends the request, which the scheduler may park for `max_wait`, without its `current_tasks`. Returns at once.
    /// Call it again only after the PollResult.
    void start(rpc::GetWork request);

    /// Ends the thread; a parked request is answered by an empty PollResult, unless another answer was just before.
    /// Then requests what was assigned in an answer that nobody reads any more. Returns an empty PollResult also when
    /// the scheduler is unreachable. The object is unusable afterwards.
    PollResult cancel(rpc::GetWork lost_request);

private:
    void run(const std::stop_token& stop);
    PollResult poll(const rpc::GetWork& request, const std::stop_token& stop);

    const AskForWork ask_;
    const std::chrono::milliseconds max_wait_;
    Mailbox<Message>& mailbox_;

    std::mutex mutex_;  // guards request_
    std::condition_variable_any requested_;
    std::optional<rpc::GetWork> request_;
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace freshet::worker

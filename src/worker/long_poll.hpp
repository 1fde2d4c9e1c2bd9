// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "worker/messages.hpp"
#include "worker/rpc_client.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace freshet::worker {

/// Asks a remote scheduler for work that may take a while to appear, on a thread of its own: the scheduler holds the
/// request until there is some, while the worker goes on. One request at a time; each is answered by one PollResult.
class LongPollClient {
public:
    LongPollClient(SchedulerAddress address, std::chrono::milliseconds max_wait, Mailbox<Message>& mailbox);
    /// A request that is still held is cancelled.
    ~LongPollClient();
    LongPollClient(const LongPollClient&) = delete;
    LongPollClient& operator=(const LongPollClient&) = delete;

    void start(rpc::GetWork request);
    /// Ends: the request that is held, if any, is answered by a PollResult of nothing, or was by another just before.
    /// Then asks once for what was handed out in an answer that nobody reads any more; a PollResult of nothing also
    /// when the scheduler cannot be asked.
    PollResult cancel(rpc::GetWork lost_request);

private:
    void run(const std::stop_token& stop);
    PollResult poll(const RpcClient& rpc, const rpc::GetWork& request, const std::stop_token& stop);

    const SchedulerAddress address_;
    const std::chrono::milliseconds max_wait_;
    Mailbox<Message>& mailbox_;

    std::mutex mutex_;  // guards request_
    std::condition_variable_any requested_;
    std::optional<rpc::GetWork> request_;
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace freshet::worker

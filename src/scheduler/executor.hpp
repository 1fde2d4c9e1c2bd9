// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "rpc/responses.hpp"

#include <functional>
#include <utility>
#include <vector>

namespace freshet::scheduler {

/// Receives one answer for each request, in order; on any thread, also before submit() returns. Must not block.
using OnReply = std::function<void(std::vector<rpc::Response>)>;

/// Whether somebody still waits for the answers: work is not handed out to one who has gone. Called on any thread.
using IsConnected = std::function<bool()>;

/// Who brings requests before a scheduler.
class Executor {
public:
    virtual ~Executor() = default;

    /// From any thread, which is kept for no longer than one commit takes. The answers come when what they say will not
    /// be forgotten. A request for work that may wait, and comes alone, is answered when there is some.
    virtual void submit(std::vector<rpc::Request> requests, OnReply on_reply, IsConnected is_connected) = 0;
    void submit(std::vector<rpc::Request> requests, OnReply on_reply) {
        submit(std::move(requests), std::move(on_reply), [] { return true; });
    }
};

}  // namespace freshet::scheduler

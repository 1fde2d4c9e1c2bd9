// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/request.hpp"
#include "wire/response.hpp"

#include <functional>
#include <utility>
#include <vector>

namespace freshet::scheduler {

/// Receives one answer for each request, in order; on any thread, also before submit() returns. Must not block.
using Answered = std::function<void(std::vector<wire::Response>)>;

/// Whether somebody still waits for the answers: work is not handed out to one who has gone. Called on any thread.
using IsWanted = std::function<bool()>;

/// Who brings requests before a scheduler.
class Executor {
public:
    virtual ~Executor() = default;

    /// From any thread, which is kept for no longer than one commit takes. The answers come when what they say will not
    /// be forgotten. A question for work that may wait, and comes alone, is answered when there is some.
    virtual void submit(std::vector<wire::Request> requests, Answered answered, IsWanted is_wanted) = 0;
    void submit(std::vector<wire::Request> requests, Answered answered) {
        submit(std::move(requests), std::move(answered), [] { return true; });
    }
};

}  // namespace freshet::scheduler

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/request.hpp"
#include "wire/response.hpp"

#include <functional>
#include <vector>

namespace freshet::scheduler {

/// Receives one answer for each request, in order. Called on the scheduler's thread, which waits for it: must not block.
using Answered = std::function<void(std::vector<wire::Response>)>;

/// Who brings requests before a scheduler.
class Executor {
public:
    virtual ~Executor() = default;

    /// From any thread; never blocks. The answers come when what they say will not be forgotten.
    virtual void submit(std::vector<wire::Request> requests, Answered answered) = 0;
};

}  // namespace freshet::scheduler

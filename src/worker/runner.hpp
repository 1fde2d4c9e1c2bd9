// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "worker/attempt.hpp"

#include <string>

namespace freshet::worker {

/// Runs attempts at the same time as the worker does other things. For each attempt that was started exactly one
/// AttemptResult reaches the mailbox given at construction, after the news of that attempt.
class Runner {
public:
    /// Ends what still runs; no more messages come.
    virtual ~Runner() = default;
    virtual void start(Attempt attempt) = 0;
    /// The attempt is to end soon; it fails as transient, unless it is done before that. An unknown token is ignored.
    virtual void cancel(const std::string& token) = 0;
};

}  // namespace freshet::worker

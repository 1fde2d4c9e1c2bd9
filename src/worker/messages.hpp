// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/responses.hpp"
#include "worker/attempt.hpp"

#include <optional>
#include <string>
#include <variant>

namespace freshet::worker {

/// How much of a running attempt is done, from 0 to 1.
struct Progress {
    std::string token;
    double fraction = 0;
};

/// What a running attempt is doing now.
struct StatusMessage {
    std::string token;
    std::string text;
};

/// A line that a running attempt logged, or that its process printed.
struct LogLine {
    std::string token;
    std::string text;
    bool is_warning = false;
};

/// Something else than an attempt wants the worker's attention: a signal, or an event that was delivered.
struct Wakeup {};

/// A question for work that the scheduler held has been answered; none: it could not be.
struct PollResult {
    std::optional<rpc::Work> work;
};

/// An operator wants another number of attempts at once.
struct SetSlots {
    int slots = 1;
};

/// What the worker is told.
using Message = std::variant<AttemptResult, Progress, StatusMessage, LogLine, Wakeup, PollResult, SetSlots>;

}  // namespace freshet::worker

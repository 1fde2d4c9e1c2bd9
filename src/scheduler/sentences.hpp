// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The words in which the command line and the page say why a task failed, runs or waits. Each begins after its name.
namespace freshet::scheduler {

struct FailedAttempt {
    std::uint32_t attempt = 1;  ///< 0: it never ran
    Time at{};
    bool is_not_ready = false;       ///< something is not there yet
    std::string message{};           ///< as people read it
    bool is_disabled = false;        ///< having failed too often
    bool retries_exhausted = false;  ///< nobody of this run tries again
    std::optional<Time> retry_at{};  ///< when its pause ends
};

/// "failed at attempt 3 at 2026-08-21T06:00:01Z: why; to be tried again at 06:05:01Z"
std::string describe(const FailedAttempt& failed);

struct RunningAttempt {
    Time since{};
    std::uint32_t attempt = 1;
    std::string worker{};
};

/// "has been running since 2026-08-21T06:00:01Z (attempt 1 by W)"
std::string describe(const RunningAttempt& running);

/// What holds a task up, the clearest cause first.
enum class BlockerKind { failed, external, not_ready, running, unknown, never_ran };

struct Blocker {
    BlockerKind kind = BlockerKind::never_ran;
    std::string text{};  ///< beginning with the task that is the cause: "Load(day=1), which failed at ..."
};

/// "waits for Load(day=1), which failed at ...": the clearest of the causes, of which there must be one.
std::string describe_wait(const std::vector<Blocker>& causes);

/// A worker's message as people read it: Luigi's send theirs as a JSON text.
std::string readable_message(const std::string& message);

/// "2026-08-21T06:00:01Z"
std::string format_time(Time time);

}  // namespace freshet::scheduler

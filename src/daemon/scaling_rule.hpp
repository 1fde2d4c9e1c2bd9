// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/json.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace freshet::daemon {

/// The work that a scheduler has for some families, as scheduler::queue_status() gives it.
struct QueueStatus {
    std::int64_t ready = 0;
    std::chrono::duration<double> oldest{0};  ///< of a ready task, since when it is pending
    std::int64_t held_up = 0;                 ///< by resources: another worker could not begin them
    std::int64_t running = 0;
    bool is_paused = false;  ///< the scheduler hands nothing out
};

/// Reads the answer of a scheduler. Throws Error when it is none.
QueueStatus queue_status_from_json(const Json& json);

/// The limits between which workers are started and stopped.
struct ScalingOptions {
    std::int64_t min_workers = 0;
    std::int64_t max_workers = 1;
    std::int64_t tasks_per_worker = 10;      ///< as many ready and running tasks are work for one
    std::chrono::seconds longest_wait{60};   ///< when a ready task waits for longer, one more worker is wanted
    std::chrono::seconds cooldown{300};      ///< a worker that is not wanted for as long is drained
    std::chrono::seconds longest_pause{60};  ///< before another start, when workers fail
};

/// The workers of an autoscaler.
struct WorkerCounts {
    std::int64_t active = 0;
    std::int64_t draining = 0;  ///< told to end, and not ended yet
};

/// What to do now.
struct ScalingDecision {
    std::int64_t start = 0;
    std::int64_t drain = 0;
    std::string reason{};  ///< where there is something to do

    friend bool operator==(const ScalingDecision&, const ScalingDecision&) = default;
};

/// Decides how many workers are started and stopped: at once as many as the queue wants, and fewer only when no more
/// were wanted throughout the cooldown (the stabilization window of Kubernetes' autoscaler). Not thread-safe.
class ScalingRule {
public:
    explicit ScalingRule(ScalingOptions options) : options_(options) {}

    /// Decides upon a queue at `now`, which never goes back.
    ScalingDecision decide(const QueueStatus& queue, WorkerCounts workers, Time now);

    /// While nobody knows the queue, the workers stay as they are, and the cooldown begins anew.
    void on_unreachable() { samples_.clear(); }

    /// A worker has failed after so long. Returns the pause before another one is started, which doubles each time, but
    /// after one that has lived for longer than the longest pause.
    std::chrono::seconds on_failed_worker(Time now, std::chrono::seconds lived);

private:
    struct Sample {
        Time at;
        std::int64_t wanted;
    };

    std::int64_t wanted_by_depth(const QueueStatus& queue) const;
    bool is_late(const QueueStatus& queue, Time now) const;
    std::int64_t most_wanted(Time now);
    std::int64_t startable(std::int64_t wanted, WorkerCounts workers, Time now) const;

    ScalingOptions options_;
    std::deque<Sample> samples_;     ///< by time, from the last one before the cooldown on
    std::optional<Time> started_{};  ///< the last start
    std::chrono::seconds pause_{0};  ///< after the last worker that has failed
    std::optional<Time> no_start_before_{};
};

}  // namespace freshet::daemon

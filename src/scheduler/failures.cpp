// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/failures.hpp"

#include "scheduler/board.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace freshet::scheduler {

namespace {

/// Evenly spread over [0, 1) and always the same for the same attempt, so that a replayed day is the same day.
double chance(std::uint64_t seed, const Task& task) {
    // The finisher of SplitMix64: nearby inputs give unrelated outputs.
    std::uint64_t x = seed + 0x9e3779b97f4a7c15U * task.attempts + std::hash<std::string>{}(task.id);
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
    x ^= x >> 31U;
    return static_cast<double>(x >> 11U) * 0x1.0p-53;
}

Seconds longest_pause(const Config& config, const Task& task) {
    const auto longest = task.policy->longest_pause ? Seconds(*task.policy->longest_pause) : config.longest_pause;
    return std::min(longest, config.pause_limit.value_or(longest));
}

/// Doubled for each try; half of it is left to chance, so that tasks that failed together do not come back together.
Seconds pause_after(const Config& config, std::uint64_t seed, const Task& task) {
    const Seconds first = task.policy->first_pause ? Seconds(*task.policy->first_pause) : config.first_pause;
    const Seconds whole = std::min(first * std::exp2(task.tries - 1.0), longest_pause(config, task));
    return whole * (0.5 + 0.5 * chance(seed, task));
}

void judge_transient(const Config& config, std::uint64_t seed, Task& task, const wire::Failure& failure, Time now) {
    ++task.tries;
    task.given_up = task.tries >= task.policy->attempts.value_or(config.attempts);
    if (task.given_up) return;
    Seconds pause = pause_after(config, seed, task);
    if (failure.retry_after) pause = std::max(pause, Seconds(*failure.retry_after));
    task.wake = later(now, pause);
}

void judge_class(const Config& config, std::uint64_t seed, Task& task, const wire::Failure& failure, Time now) {
    task.failed_as = failure.failure_class;
    task.given_up = failure.failure_class == FailureClass::permanent;
    task.wake = never;
    if (failure.failure_class == FailureClass::transient)
        judge_transient(config, seed, task, failure, now);
    else if (!task.given_up)
        task.wake = later(now, failure.retry_after ? Seconds(*failure.retry_after) : longest_pause(config, task));
}

void count_failure(const Config& config, Task& task, Time now) {
    auto& known = details(task);
    if (known.first_failure == never) known.first_failure = now;
    known.failures.push_back(now);
    const Seconds window = task.policy->disable_window ? Seconds(*task.policy->disable_window) : config.disable_window;
    std::erase_if(known.failures, [&](Time failure) { return later(failure, window) < now; });
}

bool failed_too_often(const Config& config, const Task& task, Time now) {
    const Seconds timeout =
        task.policy->disable_hard_timeout ? Seconds(*task.policy->disable_hard_timeout) : config.disable_hard_timeout;
    if (now >= later(details(task).first_failure, timeout)) return true;
    return static_cast<std::int64_t>(details(task).failures.size()) >=
           task.policy->retry_count.value_or(config.retry_count);
}

}  // namespace

Status judge_failure(const Config& config, std::uint64_t seed, Task& task, const wire::Failure* failure, Time now) {
    if (failure) {
        judge_class(config, seed, task, *failure, now);
        return Status::failed;
    }
    task.failed_as.reset();
    task.given_up = false;
    count_failure(config, task, now);
    if (!failed_too_often(config, task, now)) {
        task.wake = retry_time(config, now);
        return Status::failed;
    }
    details(task).disabled_by_scheduler = true;
    task.wake = later(now, config.disable_persist);
    return Status::disabled;
}

Time retry_time(const Config& config, Time now) {
    return config.retry_delay < Seconds(0) ? never : later(now, config.retry_delay);
}

void clear_failures(Task& task) {
    if (!task.details) return;
    task.details->failures.clear();
    task.details->first_failure = never;
}

}  // namespace freshet::scheduler

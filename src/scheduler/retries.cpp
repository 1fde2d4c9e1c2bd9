// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/retries.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace freshet::scheduler {

namespace {

/// Uniform in [0, 1) and deterministic per attempt, so that a day can be replayed.
double jitter(std::uint64_t seed, const Task& task) {
    // The finisher of SplitMix64: nearby inputs give unrelated outputs.
    std::uint64_t x = seed + 0x9e3779b97f4a7c15U * task.attempts + std::hash<std::string>{}(task.id);
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
    x ^= x >> 31U;
    return static_cast<double>(x >> 11U) * 0x1.0p-53;
}

Seconds max_backoff(const Config& config, const Task& task) {
    const auto longest = task.policy->longest_pause ? Seconds(*task.policy->longest_pause) : config.longest_pause;
    return std::min(longest, config.pause_limit.value_or(longest));
}

/// Exponential back-off; half of it is random, so that tasks that failed together are not retried together.
Seconds backoff(const Config& config, std::uint64_t seed, const Task& task) {
    const Seconds first = task.policy->first_pause ? Seconds(*task.policy->first_pause) : config.first_pause;
    const Seconds whole = std::min(first * std::exp2(task.transient_failures - 1.0), max_backoff(config, task));
    return whole * (0.5 + 0.5 * jitter(seed, task));
}

void schedule_retry(const Config& config, std::uint64_t seed, Task& task, const rpc::Failure& failure, Time now) {
    ++task.transient_failures;
    task.retries_exhausted = task.transient_failures >= task.policy->attempts.value_or(config.attempts);
    if (task.retries_exhausted) return;
    Seconds pause = backoff(config, seed, task);
    if (failure.retry_after) pause = std::max(pause, Seconds(*failure.retry_after));
    task.retry_at = saturating_add(now, pause);
}

void apply_failure_class(const Config& config, std::uint64_t seed, Task& task, const rpc::Failure& failure, Time now) {
    task.failure_class = failure.failure_class;
    task.retries_exhausted = failure.failure_class == FailureClass::permanent;
    task.retry_at = never;
    if (failure.failure_class == FailureClass::transient)
        schedule_retry(config, seed, task, failure, now);
    else if (!task.retries_exhausted)
        task.retry_at =
            saturating_add(now, failure.retry_after ? Seconds(*failure.retry_after) : max_backoff(config, task));
}

void count_failure(const Config& config, Task& task, Time now) {
    add_failure(task, now);
    auto& known = details(task);
    if (known.first_failure == never) known.first_failure = now;
    known.failures.push_back(now);
    const Seconds window = task.policy->disable_window ? Seconds(*task.policy->disable_window) : config.disable_window;
    std::erase_if(known.failures, [&](Time failure) { return saturating_add(failure, window) < now; });
}

bool failed_too_often(const Config& config, const Task& task, Time now) {
    const Seconds timeout =
        task.policy->disable_hard_timeout ? Seconds(*task.policy->disable_hard_timeout) : config.disable_hard_timeout;
    if (now >= saturating_add(details(task).first_failure, timeout)) return true;
    return static_cast<std::int64_t>(details(task).failures.size()) >=
           task.policy->retry_count.value_or(config.retry_count);
}

/// Data that is not there yet, a server that asks for patience and a full disk are no failures of the task.
bool counts_towards_disabling(const rpc::Failure* failure) {
    return !failure || failure->failure_class == FailureClass::transient ||
           failure->failure_class == FailureClass::permanent;
}

}  // namespace

Status next_status(const Config& config, std::uint64_t seed, Task& task, const rpc::Failure* failure, Time now) {
    task.failure_class.reset();
    task.retries_exhausted = false;
    if (counts_towards_disabling(failure)) {
        count_failure(config, task, now);
        if (failed_too_often(config, task, now)) {
            details(task).disabled_by_scheduler = true;
            task.retry_at = saturating_add(now, config.disable_persist);
            return Status::disabled;
        }
    } else {
        details(task).is_acknowledged = false;
        details(task).loss = nullptr;
        details(task).full_disk = failure->is_disk_full ? task.worker_running : nullptr;
        details(task).was_not_ready = !failure->is_disk_full;
    }
    if (failure)
        apply_failure_class(config, seed, task, *failure, now);
    else
        task.retry_at = retry_time(config, now);
    return Status::failed;
}

Time retry_time(const Config& config, Time now) {
    return config.retry_delay < Seconds(0) ? never : saturating_add(now, config.retry_delay);
}

void clear_failures(Task& task) {
    if (!task.details) return;
    task.details->failures.clear();
    task.details->first_failure = never;
}

}  // namespace freshet::scheduler

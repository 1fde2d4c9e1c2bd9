// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/clock_change.hpp"

#include <algorithm>

namespace freshet::scheduler {

namespace {

void shift(Time& time, Time::duration change) {
    if (time != never) time += change;
}

bool cools_down(const Config& config, const Task& task, Time before) {
    return task.status == Status::done && before < saturating_add(task.updated, config.stable_done_cooldown_secs);
}

bool has_deadline(const Task& task) {
    const auto& known = details(task);
    return task.retry_at != never || task.expires_at != never || known.first_failure != never;
}

void shift_task(const Config& config, Task& task, Time::duration change, Time before) {
    if (task.status != Status::done) task.created += change;
    if (task.status != Status::done || cools_down(config, task, before)) task.updated += change;
    if (is_running(task)) shift(task.time_running, change);
    shift(task.retry_at, change);
    shift(task.expires_at, change);
    if (!task.details) return;
    shift(task.details->first_failure, change);
    shift(task.details->last_failure, change);
    shift(task.details->unneeded_since, change);
    for (Time& failure : task.details->failures) shift(failure, change);
}

/// The pause of a task whose failure lies in the future begins now.
void restart_pause(Task& task, Time now) {
    if (task.retry_at != never) task.retry_at -= task.updated - now;
    task.updated = now;
    if (!task.details) return;
    for (Time& failure : task.details->failures) failure = std::min(failure, now);
    for (Time* failure : {&task.details->first_failure, &task.details->last_failure})
        if (*failure != never) *failure = std::min(*failure, now);
}

}  // namespace

void shift_times(SchedulerState& state, Time::duration change, Time now) {
    const Time before = now - change;
    if (state.timeouts_restarted != Time{}) state.timeouts_restarted += change;
    for (const TaskId id : state.tasks.in_order()) {
        const Task& task = state.tasks[id];
        if (task.status == Status::done && !has_deadline(task) && !cools_down(state.config, task, before)) continue;
        state.tasks.change(id, [&](Task& changed) { shift_task(state.config, changed, change, before); });
    }
    state.root_failures.shift_times(change);
    state.workers.shift_times(change);
    state.rate_limiter.shift_grants(change);
    state.settings_changed = true;
    state.pending_history.clock_change += change;
}

void limit_times(SchedulerState& state, Time now) {
    for (const TaskId id : state.tasks.in_order()) {
        const Task& task = state.tasks[id];
        const Time last_expiry = saturating_add(now, state.config.remove_delay);
        if (task.expires_at != never && task.expires_at > last_expiry)
            state.tasks.change(id, [&](Task& changed) { changed.expires_at = last_expiry; });
        if (task.status != Status::done && task.updated > now)
            state.tasks.change(id, [&](Task& changed) { restart_pause(changed, now); });
    }
    state.root_failures.limit_times(now);
    if (state.rate_limiter.limit_grants(now)) state.settings_changed = true;
}

}  // namespace freshet::scheduler

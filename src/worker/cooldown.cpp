// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/worker.hpp"

#include "base/time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace freshet::worker {

namespace {

using namespace std::chrono_literals;

constexpr auto luigi_cooldown = 10s;  // stable_done_cooldown_secs, of which a luigid does not tell
// Clocks differ from machine to machine, and what is waited for may appear: it is looked at again, and registered
// again, so often. What comes too early is answered with how long there is to wait.
constexpr auto min_wait = 1s;
constexpr auto max_wait = 20s;

}  // namespace

/// For some seconds after a task was done a scheduler does not believe those who do not see its output: file systems
/// may show it late. The task is looked at and registered again when they are over. Whether this is news.
bool Worker::start_cooldown(std::size_t node, std::optional<Time> when) {
    if (!options_.shared_scheduler) return false;  // who is alone with the scheduler has no such pause
    const Time now = parts_.clock.now();
    const Time next = std::clamp<Time>(when.value_or(now + luigi_cooldown), now + min_wait, now + max_wait);
    if (!cooldowns_.emplace(node, next).second) return false;
    if (std::exchange(logged_cooldown_, true)) return true;
    parts_.observer.notified(fmt::format(
        "{} was done moments ago, says the scheduler, and is not there: it is made again in {}, unless it appears",
        plan_[node].task.description(), readable_duration(std::chrono::ceil<std::chrono::seconds>(next - now))));
    return true;
}

void Worker::register_cooled_down() {
    std::vector<std::size_t> due;
    for (const auto& [node, when] : cooldowns_)
        if (when <= parts_.clock.now()) due.push_back(node);
    if (due.empty()) return;
    for (const std::size_t node : due) {
        cooldowns_.erase(node);
        if (output_exists(node)) mark_done_elsewhere(node);
    }
    std::erase_if(due, [this](std::size_t node) { return task_states_[node].is_done || is_running(node); });
    query_tasks(std::move(due), &Worker::apply_cooldown_state);
    may_be_work_ = true;
}

/// Also of what others make, as long as somebody here needs it.
void Worker::apply_cooldown_state(std::size_t node, const rpc::TaskAdded& state) {
    if (state.status != rpc::Status::done) return apply_state(node, state);
    if (output_exists(node))
        mark_done_elsewhere(node);
    else
        start_cooldown(node, state.retry);
}

std::chrono::seconds Worker::longest_cooldown(const std::vector<std::size_t>& nodes) const {
    auto longest = min_wait;
    for (const std::size_t node : nodes)
        if (const auto found = cooldowns_.find(node); found != cooldowns_.end())
            longest = std::max(longest, std::chrono::ceil<std::chrono::seconds>(found->second - parts_.clock.now()));
    return longest;
}

}  // namespace freshet::worker

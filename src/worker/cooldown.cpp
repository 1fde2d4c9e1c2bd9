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

constexpr auto luigis_cooldown = 10s;   // stable_done_cooldown_secs, of which a luigid does not tell
constexpr auto shortest_cooldown = 1s;  // clocks differ from machine to machine

}  // namespace

/// For some seconds after a task was done a scheduler does not believe those who do not see its output: file systems
/// may show it late. It is registered again when it will be believed.
void Worker::wait_to_be_believed(std::size_t node, std::optional<Time> when) {
    look_at_target(node);
    if (is_external(node) || !is_open(node)) return;  // what others make is theirs to register
    const Time now = parts_.clock.now();
    const Time believed = std::max(when.value_or(now + luigis_cooldown), now + shortest_cooldown);
    cooling_.emplace(node, believed);
    if (std::exchange(has_told_cooling_, true)) return;
    parts_.observer.noticed(fmt::format(
        "{} was done moments ago, says the scheduler, and is not there: it is made again in {}, unless it appears",
        plan_[node].task.description(), readable_duration(std::chrono::ceil<std::chrono::seconds>(believed - now))));
}

void Worker::register_believed() {
    std::vector<std::size_t> due;
    for (const auto& [node, believed] : cooling_)
        if (believed <= parts_.clock.now()) due.push_back(node);
    if (due.empty()) return;
    for (const std::size_t node : due) {
        cooling_.erase(node);
        look_at_target(node);
    }
    std::erase_if(due, [this](std::size_t node) { return !is_open(node); });
    ask_about(std::move(due));
    may_be_work_ = true;
}

std::optional<std::chrono::seconds> Worker::longest_cooldown(const std::vector<std::size_t>& nodes) const {
    std::optional<std::chrono::seconds> longest;
    for (const std::size_t node : nodes)
        if (const auto found = cooling_.find(node); found != cooling_.end())
            longest = std::max(longest, std::optional(std::chrono::ceil<std::chrono::seconds>(found->second - parts_.clock.now())));
    return longest;
}

}  // namespace freshet::worker

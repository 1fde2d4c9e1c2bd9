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

constexpr auto luigis_cooldown = 10s;  // stable_done_cooldown_secs, of which a luigid does not tell
// Clocks differ from machine to machine, and what is waited for may appear: it is looked at again, and registered again,
// so often. What comes too early is answered with how long there is to wait.
constexpr auto shortest_wait = 1s;
constexpr auto longest_wait = 20s;

}  // namespace

/// For some seconds after a task was done a scheduler does not believe those who do not see its output: file systems
/// may show it late. The task is looked at and registered again when they are over. Whether this is news.
bool Worker::wait_to_be_believed(std::size_t node, std::optional<Time> when) {
    if (!options_.sharing) return false;  // who is alone with the scheduler has no such pause
    const Time now = parts_.clock.now();
    const Time next = std::clamp<Time>(when.value_or(now + luigis_cooldown), now + shortest_wait, now + longest_wait);
    if (!cooling_.emplace(node, next).second) return false;
    if (std::exchange(has_told_cooling_, true)) return true;
    parts_.observer.noticed(fmt::format(
        "{} was done moments ago, says the scheduler, and is not there: it is made again in {}, unless it appears",
        plan_[node].task.description(), readable_duration(std::chrono::ceil<std::chrono::seconds>(next - now))));
    return true;
}

void Worker::register_believed() {
    std::vector<std::size_t> due;
    for (const auto& [node, when] : cooling_)
        if (when <= parts_.clock.now()) due.push_back(node);
    if (due.empty()) return;
    for (const std::size_t node : due) {
        cooling_.erase(node);
        if (is_there(node)) take_as_made(node);
    }
    std::erase_if(due, [this](std::size_t node) { return standings_[node].is_done || is_running(node); });
    ask_about(std::move(due), &Worker::learn_of_cooled);
    may_be_work_ = true;
}

/// Also of what others make, as long as somebody here needs it.
void Worker::learn_of_cooled(std::size_t node, const wire::TaskAdded& state) {
    if (state.status != wire::Status::done) return learn(node, state);
    if (is_there(node)) take_as_made(node);
    else wait_to_be_believed(node, state.retry);
}

std::chrono::seconds Worker::longest_cooldown(const std::vector<std::size_t>& nodes) const {
    auto longest = shortest_wait;
    for (const std::size_t node : nodes)
        if (const auto found = cooling_.find(node); found != cooling_.end())
            longest = std::max(longest, std::chrono::ceil<std::chrono::seconds>(found->second - parts_.clock.now()));
    return longest;
}

}  // namespace freshet::worker

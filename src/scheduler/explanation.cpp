// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/explanation.hpp"

#include "base/text.hpp"
#include "scheduler/hold_up.hpp"
#include "scheduler/reason.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

namespace freshet::scheduler {

namespace {

constexpr std::size_t longest_name = 200;

std::string explain_done(const Task& task) {
    const auto when = instant(task.updated);
    if (task.attempts == 0) return fmt::format("is complete: so it was found at {}", when);
    return fmt::format("is complete: attempt {}{} ended at {}", task.attempts,
                       task.runner ? fmt::format(" by {}", *task.runner) : "", when);
}

std::string explain_running(const Task& task) {
    std::string text = sentence(Running{task.time_running, task.attempts, task.runner ? *task.runner : "nobody"});
    if (task.status == Status::batch_running) text += ", as one of a batch";
    return text;
}

std::string explain_unknown(const Task& task) {
    const auto& unplanned = details(task).unplanned;
    if (!unplanned) return "is required by others, but nobody has described it yet";
    const std::string worker = shortened(*unplanned->worker, longest_name);
    const std::string why = reason_in(*unplanned->why);
    if (why.empty()) return fmt::format("was left unplanned by {}, which gave no reason", worker);
    return fmt::format("could not be planned by {}: {}", worker, why);
}

/// The clearest of what the task waits for; breadth-first, so that of equals the nearest is found.
std::optional<Obstacle> clearest_obstacle(const Board& board, TaskId root, Time now) {
    std::optional<std::pair<Hindrance, TaskId>> clearest;
    std::vector<TaskId> found{root};
    std::unordered_set<TaskId> seen{root};
    for (std::size_t i = 0; i < found.size() && i < most_looked_at; ++i)
        for (const TaskId dep : board.tasks[found[i]].deps) {
            if (!seen.insert(dep).second) continue;
            const auto hindrance = hindrance_of(board.tasks[dep]);
            if (hindrance && (!clearest || *hindrance < clearest->first)) clearest.emplace(*hindrance, dep);
            found.push_back(dep);
        }
    if (!clearest) return std::nullopt;
    return obstacle(board, clearest->second, clearest->first, now);
}

std::string explain_pending(const Board& board, TaskId id, Time now) {
    const Task& task = board.tasks[id];
    if (task.unfinished == 0)
        return hold_up(board, {task.workers, task.resources, task.runnable, task.family}, now).words;
    if (const auto found = clearest_obstacle(board, id, now)) return waits_for({*found});
    return fmt::format("waits for {} {} that are not done", task.unfinished, task.unfinished == 1 ? "task" : "tasks");
}

}  // namespace

std::string shown_name(const Task& task) {
    return shortened(task.known && !task.family->empty() ? display_name(task) : task.id, longest_name);
}

bool only_waits(const Task& task) {
    return task.status == Status::failed && !task.given_up &&
           (task.failed_as == FailureClass::not_yet || task.failed_as == FailureClass::throttled);
}

Failed failure_of(const Board& board, const Task& task, Time now) {
    Failed failed{.attempt = task.attempts,
                  .at = task.updated,
                  .is_early = task.failed_as == FailureClass::not_yet,
                  .message = task.expl ? reason_in(*task.expl) : std::string(),
                  .is_disabled = task.status == Status::disabled,
                  .is_given_up = task.given_up};
    // Who lost its worker failed without a word of its own.
    if (task.status == Status::failed && !task.runner && task.attempts > 0) failed.message = "its worker was lost";
    if (task.wake != never && task.wake > now) failed.next_chance = task.wake;
    if (task.status == Status::failed && task.wake == never && !task.given_up && board.config.retry_delay < Seconds(0))
        failed.is_given_up = true;
    return failed;
}

std::optional<Hindrance> hindrance_of(const Task& task) {
    if (task.known && details(task).unplanned) return Hindrance::failed;
    if (!task.known || task.status == Status::unknown) return Hindrance::unplanned;
    if (is_running(task)) return Hindrance::running;
    if (only_waits(task)) return Hindrance::early;
    if (task.status == Status::failed || task.status == Status::disabled) return Hindrance::failed;
    if (task.status == Status::pending && task.unfinished == 0)
        return task.runnable ? Hindrance::never_ran : Hindrance::external;
    return std::nullopt;
}

Obstacle obstacle(const Board& board, TaskId id, Hindrance hindrance, Time now) {
    const Task& task = board.tasks[id];
    const std::string why = hindrance == Hindrance::unplanned ? "nobody has described yet" : explain(board, id, now);
    return {hindrance, fmt::format("{}, which {}", shown_name(task), why)};
}

std::string explain(const Board& board, TaskId id, Time now) {
    const Task& task = board.tasks[id];
    switch (task.status) {
        case Status::done:
            return explain_done(task);
        case Status::running:
        case Status::batch_running:
            return explain_running(task);
        case Status::failed:
        case Status::disabled:
            return sentence(failure_of(board, task, now));
        case Status::pending:
            return explain_pending(board, id, now);
        default:
            return explain_unknown(task);
    }
}

}  // namespace freshet::scheduler

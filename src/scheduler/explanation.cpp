// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/explanation.hpp"

#include "base/text.hpp"
#include "scheduler/shortage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

namespace freshet::scheduler {

namespace {

constexpr std::size_t longest_name = 200;

std::string first_line(const std::string& text) {
    const std::string_view whole = trimmed(text);
    // Of a Python traceback, the last line says what went wrong; of anything else, the first.
    const bool is_traceback = whole.find("Traceback (most recent call last)") != whole.npos;
    const auto line = is_traceback ? whole.substr(whole.rfind('\n') + 1) : whole.substr(0, whole.find('\n'));
    return shortened(trimmed(line), longest_message);
}

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
    if (task.unfinished == 0) return hold_up(board, {task.workers, task.resources, task.runnable, task.family}, now).words;
    if (const auto found = clearest_obstacle(board, id, now)) return waits_for({*found});
    return fmt::format("waits for {} {} that are not done", task.unfinished, task.unfinished == 1 ? "task" : "tasks");
}

/// Of the resources that the task needs and cannot have, the first.
HoldUp missing_resource(const Board& board, const wire::Resources& demand, Time now) {
    if (const auto found = shortage(board, demand)) return {"can never run: " + words(*found), true};
    const wire::Resources& used = board.tasks.index().used();
    for (const auto& [name, need] : demand) {
        const std::int64_t taken = taken_of(board, used, name, now);
        if (const std::int64_t limit = limit_of(board, name); need + taken > limit)
            return {fmt::format("waits for '{}': {} of {} {}, and it needs {}", name, taken, limit,
                                board.rates.has(name) ? "went out within a minute" : "in use", need)};
    }
    return {};
}

/// Whether the worker asks for tasks of the family, whoever registered them.
bool serves(const Worker& worker, const std::string& family) {
    const Json& families = fact(worker, "families");
    return families.is_array() && std::ranges::count(families.as_array(), Json(family)) > 0;
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
                  .message = task.expl ? first_line(plain(*task.expl)) : std::string(),
                  .is_disabled = task.status == Status::disabled,
                  .is_given_up = task.given_up};
    if (failed.message == "null") failed.message.clear();
    // Who lost its worker failed without a word of its own.
    if (task.status == Status::failed && !task.runner && task.attempts > 0) failed.message = "its worker was lost";
    if (task.wake != never && task.wake > now) failed.next_chance = task.wake;
    if (task.status == Status::failed && task.wake == never && !task.given_up && board.config.retry_delay < Seconds(0))
        failed.is_given_up = true;
    return failed;
}

std::optional<Hindrance> hindrance_of(const Task& task) {
    if (!task.known || task.status == Status::unknown) return Hindrance::unplanned;
    if (is_running(task)) return Hindrance::running;
    if (only_waits(task)) return Hindrance::early;
    if (task.status == Status::failed || task.status == Status::disabled) return Hindrance::failed;
    if (task.status == Status::pending && task.unfinished == 0) return Hindrance::never_ran;
    return std::nullopt;
}

Obstacle obstacle(const Board& board, TaskId id, Hindrance hindrance, Time now) {
    const Task& task = board.tasks[id];
    const std::string why = hindrance == Hindrance::unplanned ? "nobody has described yet" : explain(board, id, now);
    return {hindrance, fmt::format("{}, which {}", shown_name(task), why)};
}

HoldUp hold_up(const Board& board, const Runnable& tasks, Time now) {
    if (auto missing = missing_resource(board, *tasks.resources, now); !missing.words.empty()) return missing;
    if (board.paused) return {"could run, but the scheduler is paused"};
    const auto& all = board.workers.all();
    if (all.empty()) return {"could run, but no worker is connected", true};
    if (!tasks.workers->empty()) return {"waits for a free worker"};
    const bool has_helper = tasks.by_helpers && std::ranges::any_of(all, [&](const auto& entry) {
                                return is_assistant(entry.second) || serves(entry.second, *tasks.family);
                            });
    if (has_helper) return {"waits for a free worker"};
    return {"could run, but the workers that offered to run it are gone", true};
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
            return "is required by others, but nobody has described it yet";
    }
}

}  // namespace freshet::scheduler

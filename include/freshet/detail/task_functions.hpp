// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/task.hpp"

// The functions of one task class that a TaskType points to.
namespace freshet::detail {

// Not inline: a vector that grows would be compiled in each file.
void append(std::vector<AnyTask>& all, AnyTask task);
void append(std::vector<AnyTarget>& all, AnyTarget target);
template <class T>
void append(std::vector<AnyTask>& all, const std::vector<T>& tasks) {
    for (const T& task : tasks) append(all, AnyTask(task));
}
template <class... T>
void append(std::vector<AnyTask>& all, const std::tuple<T...>& tasks) {
    std::apply([&](const auto&... task) { (append(all, task), ...); }, tasks);
}

template <class T>
auto outputs_of(const T& task) {
    return configured(task).output();
}
template <class T>
auto outputs_of(const std::vector<T>& tasks) {
    std::vector<decltype(tasks.front().output())> outputs;
    for (const T& task : tasks) outputs.push_back(configured(task).output());
    return outputs;
}
template <class... T>
auto outputs_of(const std::tuple<T...>& tasks) {
    return std::apply([](const auto&... task) { return std::tuple(outputs_of(task)...); }, tasks);
}

/// Calls `visit` with each target of a target, a vector or a tuple of targets, until one answers false.
template <class V>
bool every_target(const Target auto& target, const V& visit) {
    return visit(target);
}
template <class T, class V>
bool every_target(const std::vector<T>& targets, const V& visit) {
    for (const auto& target : targets)
        if (!every_target(target, visit)) return false;
    return true;
}
template <class... T, class V>
bool every_target(const std::tuple<T...>& targets, const V& visit) {
    return std::apply([&](const auto&... target) { return (every_target(target, visit) && ...); }, targets);
}

/// Complete when all of them are; for a wrapper.
bool all_complete(const std::vector<AnyTask>& tasks);

template <class T>
bool complete_of(const void* task) {
    const auto& self = *static_cast<const T*>(task);
    if constexpr (HasComplete<T>) {
        return self.complete();
    } else if constexpr (HasOutput<T>) {
        bool any = false;  // a task without outputs is never complete: it runs whenever it is asked for
        return every_target(self.output(), [&](const auto& target) { return any = true, target.exists(); }) && any;
    } else {
        return all_complete(requirements_of<T>(task));
    }
}

/// Throws Error when there is not one answer for each task.
void check_answers(std::string_view family, std::size_t answers, std::size_t tasks);

template <class T>
std::vector<bool> bulk_complete_of(std::span<const void* const> tasks) {
    std::vector<T> selves;
    selves.reserve(tasks.size());
    for (const void* task : tasks) selves.push_back(*static_cast<const T*>(task));
    std::vector<bool> answers = T::bulk_complete(selves);
    check_answers(family_of<T>(), answers.size(), tasks.size());
    return answers;
}

template <class T>
std::vector<AnyTask> requirements_of(const void* task) {
    std::vector<AnyTask> all;
    if constexpr (HasRequirements<T>) append(all, static_cast<const T*>(task)->requirements());
    return all;
}

template <class T>
std::vector<AnyTarget> targets_of(const void* task) {
    std::vector<AnyTarget> targets;
    if constexpr (HasOutput<T>)
        every_target(static_cast<const T*>(task)->output(), [&](const auto& target) {
            append(targets, AnyTarget(target));
            return true;
        });
    return targets;
}

template <class T>
Outcome run_of(const void* task, Context& context) {
    const auto& self = *static_cast<const T*>(task);
    if constexpr (RunsWithOutcome<T>)
        return self.run(context);
    else if constexpr (RunsInContext<T>)
        self.run(context);
    else if constexpr (RunsPlainly<T>)
        self.run();
    return Outcome::done;
}

}  // namespace freshet::detail

namespace freshet {

template <class T>
auto inputs(const T& task) {
    return detail::outputs_of(task.requirements());
}

template <class Tasks>
auto outputs(const Tasks& tasks) {
    return detail::outputs_of(tasks);
}

template <class Tasks>
bool Context::require(const Tasks& tasks) {
    std::vector<AnyTask> all;
    detail::append(all, tasks);
    return require_all(std::move(all));
}

}  // namespace freshet

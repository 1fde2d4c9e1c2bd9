// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/inherit_parameters.hpp"
#include "freshet/target.hpp"
#include "freshet/task_policy.hpp"

#include <span>
#include <string_view>
#include <type_traits>

// Traits of task classes and compile-time checks for mistakes in them.
namespace freshet {
class Context;
}

namespace freshet::detail {

template <class T>
concept HasOutput = requires(const T& task) {
    task.output();
};
template <class T>
concept HasComplete = requires(const T& task) {
    { task.complete() } -> std::same_as<bool>;
};
template <class T>
concept HasRequirements = requires(const T& task) {
    task.requirements();
};
template <class T>
concept RunsPlainly = requires(const T& task) {
    { task.run() } -> std::same_as<void>;
};
template <class T>
concept RunsInContext = requires(const T& task, Context& context) {
    { task.run(context) } -> std::same_as<void>;
};
template <class T>
concept RunsWithOutcome = requires(const T& task, Context& context) {
    { task.run(context) } -> std::same_as<Outcome>;
};
template <class T>
concept Runs = RunsPlainly<T> || RunsInContext<T> || RunsWithOutcome<T>;

template <class T>
constexpr std::span<const Parameter> parameters_of() {
    if constexpr (requires { T::parameters; })
        return T::parameters;
    else
        return {};
}

/// The name of T on the command line and in task ids: its `family` if it has one, else the class name.
template <class T>
constexpr std::string_view family_of() {
    if constexpr (requires { T::family; })
        return T::family;
    else
        return type_name<T>();
}

template <class T>
constexpr TaskKind kind_of() {
    if constexpr (requires { T::kind; })
        return T::kind;
    else
        return TaskKind::task;
}

template <class T>
constexpr Isolation isolation_of() {
    if constexpr (requires { T::isolation; })
        return T::isolation;
    else if constexpr (requires(const T& task) { task.timeout(); })
        return Isolation::process;  // a thread cannot be killed
    else
        return Isolation::thread;
}

template <class T>
constexpr Staleness staleness_of() {
    if constexpr (requires { T::staleness; })
        return T::staleness;
    else
        return Staleness::warn;
}

template <class T>
constexpr bool is_manifest() {
    if constexpr (requires { T::is_manifest; })
        return T::is_manifest;
    else
        return false;
}

template <class T>
constexpr bool emits_events() {
    if constexpr (requires { T::emits_events; })
        return T::emits_events;
    else
        return false;
}

template <class T>
TaskPolicy policy_of(const T& task) {
    TaskPolicy policy;
    if constexpr (requires { task.priority(); }) policy.priority = task.priority();
    if constexpr (requires { task.resources(); }) policy.resources = task.resources();
    if constexpr (requires { task.retry(); }) policy.retry = task.retry();
    if constexpr (requires { task.timeout(); }) policy.timeout = task.timeout();
    return policy;
}

template <class T>
constexpr bool owns_all(std::span<const Parameter> parameters) {
    for (const Parameter& p : parameters)
        if (p.owner != &tag<T>) return false;
    return true;
}

constexpr bool all_distinct(std::span<const Parameter> parameters) {
    for (std::size_t i = 0; i < parameters.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (parameters[i].name == parameters[j].name) return false;
    return true;
}

/// Every mistake in a task class that the compiler can see, said once and in words.
template <class T>
constexpr void check_task() {
    static_assert(std::is_aggregate_v<T>,
                  "a task must be an aggregate: no constructors, no private or virtual members");
    static_assert(kind_of<T>() != TaskKind::task || Runs<T>,
                  "a task needs: void run() const, or void or freshet::Outcome run(freshet::Context&) const");
    static_assert(kind_of<T>() == TaskKind::task || !Runs<T>, "a wrapper or external task has nothing to run");
    static_assert(kind_of<T>() == TaskKind::wrapper || HasOutput<T> || HasComplete<T>,
                  "a task needs output() or bool complete() const: the engine must be able to see that it is done");
    static_assert(kind_of<T>() != TaskKind::wrapper || HasRequirements<T>,
                  "a wrapper is what it requires: it needs requirements()");
    static_assert(owns_all<T>(parameters_of<T>()), "`parameters` names a member of another class");
    static_assert(all_distinct(parameters_of<T>()), "`parameters` names a member twice");
    static_assert(member_count<T>() == listed_members(parameters_of<T>()),
                  "every data member of a task must be named in its `parameters`, or two different tasks would "
                  "share an id; use .insignificant() for those that do not change the output");
}

}  // namespace freshet::detail

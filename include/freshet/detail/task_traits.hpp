// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/inherit_parameters.hpp"
#include "freshet/target.hpp"
#include "freshet/task_policy.hpp"

#include <chrono>
#include <concepts>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

// Traits of task classes and compile-time checks for mistakes in them.
namespace freshet {
class AnyTask;
class Context;
}  // namespace freshet

namespace freshet::detail {

/// A target, or a tuple or vector of them.
template <class T>
inline constexpr bool is_output = Target<T>;
template <class T>
inline constexpr bool is_output<std::vector<T>> = is_output<T>;
template <class... T>
inline constexpr bool is_output<std::tuple<T...>> = (is_output<T> && ...);

/// A task, or a tuple or vector of them.
template <class T>
inline constexpr bool is_requirement = std::is_aggregate_v<T> || std::same_as<T, AnyTask>;
template <class T>
inline constexpr bool is_requirement<std::vector<T>> = is_requirement<T>;
template <class... T>
inline constexpr bool is_requirement<std::tuple<T...>> = (is_requirement<T> && ...);

// The functions that a task may have, as the engine calls them.
template <class T>
concept HasOutput = requires(const T& task) {
    requires is_output<std::remove_cvref_t<decltype(task.output())>>;
};
template <class T>
concept HasComplete = requires(const T& task) {
    { task.complete() } -> std::same_as<bool>;
};
template <class T>
concept HasRequirements = requires(const T& task) {
    requires is_requirement<std::remove_cvref_t<decltype(task.requirements())>>;
};
template <class T>
concept HasPriority = requires(const T& task) {
    { task.priority() } -> std::convertible_to<double>;
};
template <class T>
concept HasResources = requires(const T& task) {
    { task.resources() } -> std::convertible_to<Resources>;
};
template <class T>
concept HasRetry = requires(const T& task) {
    { task.retry() } -> std::convertible_to<RetryPolicy>;
};
template <class T>
concept HasTimeout = requires(const T& task) {
    { task.timeout() } -> std::convertible_to<std::chrono::milliseconds>;
};
template <class T>
concept HasDisabled = requires(const T& task) {
    { task.disabled() } -> std::same_as<bool>;
};
template <class T>
concept HasOnFailure = requires(const T& task, const Failure& failure) {
    task.on_failure(failure);
};
template <class T>
concept HasOnRecordedFailure = requires(const T& task, const Failure& failure, const EndedAttempt& attempt) {
    task.on_failure(failure, attempt);
};
template <class T>
concept HasOnSuccess = requires(const T& task) {
    task.on_success();
};
template <class T>
concept HasBulkComplete = requires(const std::vector<T>& tasks) {
    { T::bulk_complete(tasks) } -> std::same_as<std::vector<bool>>;
};

/// A member that is no parameter: one for the engine, if it has the name of one of the above.
template <class Member>
inline constexpr bool is_for_engine = !std::is_member_object_pointer_v<Member>;
template <class T>
concept NamesOutput = requires {
    requires is_for_engine<decltype(&T::output)>;
};
template <class T>
concept NamesComplete = requires {
    requires is_for_engine<decltype(&T::complete)>;
};
template <class T>
concept NamesRequirements = requires {
    requires is_for_engine<decltype(&T::requirements)>;
};
template <class T>
concept NamesPriority = requires {
    requires is_for_engine<decltype(&T::priority)>;
};
template <class T>
concept NamesResources = requires {
    requires is_for_engine<decltype(&T::resources)>;
};
template <class T>
concept NamesRetry = requires {
    requires is_for_engine<decltype(&T::retry)>;
};
template <class T>
concept NamesTimeout = requires {
    requires is_for_engine<decltype(&T::timeout)>;
};
template <class T>
concept NamesDisabled = requires {
    requires is_for_engine<decltype(&T::disabled)>;
};
template <class T>
concept NamesOnFailure = requires {
    requires is_for_engine<decltype(&T::on_failure)>;
};
template <class T>
concept NamesOnSuccess = requires {
    requires is_for_engine<decltype(&T::on_success)>;
};
template <class T>
concept NamesBulkComplete = requires {
    requires is_for_engine<decltype(&T::bulk_complete)>;
};

// Functions by names that are often taken for those of the engine, which would never call them.
template <class T>
concept MisspeltRequirements = requires(T& t) {
    t.requirement();
}
|| requires(T& t) { t.requirments(); }
|| requires(T& t) { t.requiremets(); }
|| requires(T& t) { t.requires_(); }
|| requires(T& t) { t.depends_on(); }
|| requires(T& t) { t.dependencies(); };
template <class T>
concept MisspeltPriority = requires(T& t) {
    t.prio();
}
|| requires(T& t) { t.priorty(); }
|| requires(T& t) { t.prority(); }
|| requires(T& t) { t.prioriy(); }
|| requires(T& t) { t.priotity(); }
|| requires(T& t) { t.proirity(); }
|| requires(T& t) { t.pirority(); }
|| requires(T& t) { t.priorities(); };
template <class T>
concept MisspeltResources = requires(T& t) {
    t.resource();
}
|| requires(T& t) { t.ressources(); }
|| requires(T& t) { t.resorces(); }
|| requires(T& t) { t.recources(); };
template <class T>
concept MisspeltRetry = requires(T& t) {
    t.retries();
}
|| requires(T& t) { t.retry_policy(); }
|| requires(T& t) { t.retry_count(); }
|| requires(T& t) { t.rety(); };
template <class T>
concept MisspeltTimeout = requires(T& t) {
    t.time_out();
}
|| requires(T& t) { t.timout(); }
|| requires(T& t) { t.worker_timeout(); };
template <class T>
concept MisspeltOnFailure = requires(T& t, const Failure& f) {
    t.on_fail(f);
}
|| requires(T& t, const Failure& f) { t.on_failed(f); }
|| requires(T& t, const Failure& f) { t.on_error(f); }
|| requires(T& t, const Failure& f) { t.on_failiure(f); }
|| requires(T& t, const Failure& f) { t.onfailure(f); };
template <class T>
concept MisspeltOnSuccess = requires(T& t) {
    t.on_succes();
}
|| requires(T& t) { t.on_sucess(); }
|| requires(T& t) { t.on_succeeded(); }
|| requires(T& t) { t.on_done(); };
template <class T>
concept MisspeltBulkComplete = requires(const std::vector<T>& tasks) {
    T::complete_bulk(tasks);
}
|| requires(const std::vector<T>& tasks) { T::bulk_completed(tasks); }
|| requires(const std::vector<T>& tasks) { T::bulk_exists(tasks); };
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
    else if constexpr (HasTimeout<T>)
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
constexpr RequirementRule requirement_rule_of() {
    if constexpr (requires { T::requirement_rule; })
        return T::requirement_rule;
    else
        return RequirementRule::all_complete;
}

template <class T>
constexpr int max_batch_size_of() {
    if constexpr (requires { T::max_batch_size; })
        return T::max_batch_size;
    else
        return 0;
}

/// Batched parameters of which the scheduler can tell a worker the values, in a class with something to run.
template <class T>
constexpr bool can_be_batched() {
    for (const Parameter& p : parameters_of<T>())
        if (p.is_batched && (kind_of<T>() != TaskKind::task || p.visibility == Visibility::secret)) return false;
    return true;
}

template <class T>
constexpr bool has_batched_parameter() {
    for (const Parameter& p : parameters_of<T>())
        if (p.is_batched) return true;
    return false;
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
constexpr bool accepts_messages() {
    if constexpr (requires { T::accepts_messages; })
        return T::accepts_messages;
    else
        return false;
}

template <class T>
TaskPolicy policy_of(const T& task) {
    TaskPolicy policy;
    if constexpr (HasPriority<T>) policy.priority = task.priority();
    if constexpr (HasResources<T>) policy.resources = task.resources();
    if constexpr (HasRetry<T>) policy.retry = task.retry();
    if constexpr (HasTimeout<T>) policy.timeout = task.timeout();
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

/// Refuses functions that the engine would not call.
template <class T>
constexpr void check_functions() {
    static_assert(!NamesOutput<T> || HasOutput<T>,
                  "output() is const and returns a target, or a tuple or vector of targets: freshet::LocalTarget, or a "
                  "type with bool exists() const and std::string address() const");
    static_assert(!NamesRequirements<T> || HasRequirements<T>,
                  "requirements() is const, has no arguments and returns a task, freshet::all(tasks...) or a vector of "
                  "tasks: auto requirements() const");
    static_assert(!NamesComplete<T> || HasComplete<T>, "write bool complete() const");
    static_assert(!NamesPriority<T> || HasPriority<T>, "write double priority() const");
    static_assert(!NamesResources<T> || HasResources<T>, "write freshet::Resources resources() const");
    static_assert(!NamesRetry<T> || HasRetry<T>, "write freshet::RetryPolicy retry() const");
    static_assert(!NamesTimeout<T> || HasTimeout<T>, "write std::chrono::seconds timeout() const");
    static_assert(!NamesDisabled<T> || HasDisabled<T>, "write bool disabled() const");
    static_assert(!NamesOnFailure<T> || HasOnFailure<T> || HasOnRecordedFailure<T>,
                  "write void on_failure(const freshet::Failure&) const, or with const freshet::EndedAttempt& as a "
                  "second argument");
    static_assert(!NamesOnSuccess<T> || HasOnSuccess<T>, "write void on_success() const");
    static_assert(!NamesBulkComplete<T> || HasBulkComplete<T>,
                  "write static std::vector<bool> bulk_complete(const std::vector<T>&) with the task's class as T");

    static_assert(HasRequirements<T> || !MisspeltRequirements<T>, "this is called requirements()");
    static_assert(HasPriority<T> || !MisspeltPriority<T>, "this is called priority()");
    static_assert(HasResources<T> || !MisspeltResources<T>, "this is called resources()");
    static_assert(HasRetry<T> || !MisspeltRetry<T>, "this is called retry() and returns freshet::RetryPolicy");
    static_assert(HasTimeout<T> || !MisspeltTimeout<T>, "this is called timeout()");
    static_assert(HasOnFailure<T> || !MisspeltOnFailure<T>, "this is called on_failure()");
    static_assert(HasOnSuccess<T> || !MisspeltOnSuccess<T>, "this is called on_success()");
    static_assert(HasBulkComplete<T> || !MisspeltBulkComplete<T>, "this is called bulk_complete()");
}

/// Every mistake in a task class that the compiler can see, said once and in words.
template <class T>
constexpr void check_task() {
    static_assert(std::is_aggregate_v<T>,
                  "a task must be an aggregate: no constructors, no private or virtual members");
    static_assert(kind_of<T>() != TaskKind::task || Runs<T>,
                  "a task needs: void run() const, or void or freshet::Outcome run(freshet::Context&) const");
    static_assert(kind_of<T>() == TaskKind::task || !Runs<T>, "a wrapper or external task has nothing to run");
    static_assert(kind_of<T>() == TaskKind::wrapper || NamesOutput<T> || HasOutput<T> || HasComplete<T>,
                  "a task needs output() or bool complete() const: the engine must be able to see that it is done");
    static_assert(kind_of<T>() != TaskKind::wrapper || NamesRequirements<T> || HasRequirements<T>,
                  "a wrapper is what it requires: it needs requirements()");
    check_functions<T>();
    static_assert(requirement_rule_of<T>() == RequirementRule::all_complete ||
                      (kind_of<T>() == TaskKind::task && HasRequirements<T>),
                  "RequirementRule::all_finished is for tasks that run and have requirements()");
    static_assert(!accepts_messages<T>() || RunsInContext<T> || RunsWithOutcome<T>,
                  "accepts_messages is for a task with void or freshet::Outcome run(freshet::Context&) const");
    static_assert(can_be_batched<T>(), "only a task that runs has batched parameters, and none of them is secret");
    static_assert(max_batch_size_of<T>() == 0 || (max_batch_size_of<T>() > 0 && has_batched_parameter<T>()),
                  "max_batch_size is a number above 0, for a class with a parameter that has a batch method");
    static_assert(owns_all<T>(parameters_of<T>()), "`parameters` names a member of another class");
    static_assert(all_distinct(parameters_of<T>()), "`parameters` names a member twice");
    static_assert(member_count<T>() == listed_members(parameters_of<T>()),
                  "every data member of a task must be named in its `parameters`, or two different tasks would "
                  "share an id; use .insignificant() for those that do not change the output");
}

}  // namespace freshet::detail

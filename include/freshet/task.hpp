// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/any_target.hpp"
#include "freshet/batch.hpp"
#include "freshet/context.hpp"
#include "freshet/detail/task_traits.hpp"
#include "freshet/parameter.hpp"
#include "freshet/task_policy.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

/// The engine: tasks, their parameters and targets, and what runs them.
namespace freshet {

// A task is any aggregate that names its data members in `parameters`, says what it produces, and can run:
//
//   struct Greet {
//       std::string whom = "world";
//       static constexpr freshet::Parameter parameters[] = {freshet::param<&Greet::whom>("whom to greet")};
//       freshet::LocalTarget output() const;   // a target, a tuple or vector of them; or bool complete() const
//       void run() const;                      // or run(Context&), or Outcome run(Context&)
//   };
//
// and, where it wants to:
//
//       auto requirements() const;             // a task, freshet::all(tasks...) or a vector of tasks
//       double priority() const;               // higher runs first; default 0
//       freshet::Resources resources() const;  // what it uses up while it runs: {{"disk", 1}}
//       freshet::RetryPolicy retry() const;
//       std::chrono::seconds timeout() const;  // ends the attempt's processes; 0: none; default the run's
//       bool disabled() const;                 // true: no run runs it, nor what requires it; default false
//       void on_failure(const freshet::Failure&) const;     // where the attempt ran, before anything is recorded
//       void on_failure(const freshet::Failure&, const freshet::EndedAttempt&) const;  // once it is recorded
//       void on_success() const;               // likewise, with the outputs in place
//       static std::vector<bool> bulk_complete(const std::vector<Greet>& tasks);       // complete() for many at once
//       static constexpr std::string_view family = "gfs.Greet";  // default: the class's name
//       static constexpr freshet::TaskKind kind = ...;               // wrapper or external: without run()
//       static constexpr freshet::Isolation isolation = ...;     // own process instead of a thread
//       static constexpr freshet::Staleness staleness = ...;     // what if an input changes; default warn
//       static constexpr freshet::RequirementRule requirement_rule = ...;  // may run although a requirement failed
//       static constexpr int max_batch_size = 100;               // of the tasks that run as one; default: no limit
//       static constexpr bool is_manifest = true;                // its inputs are to last as long as its output
//       static constexpr bool emits_events = true;                  // run(Context&) calls emit()
//       static constexpr bool accepts_messages = true;              // run(Context&) calls messages()

class AnyTask;

/// The type-erased description of a task class. Pointers to void point to a task of that class.
struct TaskType {
    std::string_view family;                ///< its name in task ids and on the command line
    std::span<const Parameter> parameters;  ///< in their order
    TaskKind kind;                          ///< task, wrapper or external
    Isolation isolation;                    ///< where its attempts run
    Staleness staleness;                    ///< the treatment of changed inputs
    RequirementRule requirement_rule;       ///< when it may run
    int max_batch_size;                     ///< 0: no limit
    bool is_manifest;                       ///< its inputs are to last as long as its output
    bool emits_events;                      ///< run() calls Context::emit()
    bool accepts_messages;                  ///< run() calls Context::messages()
    bool has_outputs;                       ///< it has output()
    bool has_own_completeness;              ///< a complete() of its own

    AnyTask (*make)(const TaskType& type, const Values& values);  ///< throws ParameterError
    const void* (*defaults)();                                    ///< a task whose every parameter has its default
    bool (*complete)(
        const void* task);  ///< wrappers: true when all direct requirements are complete, wrappers among them unchecked
    std::vector<bool> (*bulk_complete)(std::span<const void* const> tasks);  ///< null: `complete` for each of them
    std::vector<AnyTask> (*requirements)(const void* task);                  ///< the direct ones
    std::vector<AnyTarget> (*outputs)(const void* task);                     ///< in their order
    Outcome (*run)(const void* task, Context& context);                      ///< does nothing for a wrapper
    TaskPolicy (*policy)(const void* task);                                  ///< the defaults for what it does not say
    bool (*disabled)(const void* task);                                      ///< or null
    void (*on_failure)(const void* task, const Failure& failure);            ///< does nothing if it has none
    void (*on_recorded_failure)(const void* task, const Failure& failure, const EndedAttempt& attempt);  ///< or null
    void (*on_success)(const void* task);                                                                ///< or null

    /// True when several of its tasks may run as one.
    constexpr bool is_batchable() const {
        for (const Parameter& p : parameters)
            if (p.is_batched) return true;
        return false;
    }

    /// The description of the class T, which is checked.
    template <class T>
    static const TaskType& of();
};

namespace detail {

class ConfiguredValues;

/// Gives the parameters of a task that have their defaults, because it is made in code of another task which the engine
/// calls, the values of that task's configuration. Throws ParameterError for an invalid one.
void configure(const TaskType& type, void* task);

template <class T>
T configured(T task) {
    configure(TaskType::of<T>(), &task);
    return task;
}

}  // namespace detail

/// Any task, by value. Two are equal when their ids are. One that is made in code of another task gets the
/// configuration's values for parameters that have their defaults.
class AnyTask {
public:
    template <class T>
    requires std::is_aggregate_v<T> AnyTask(T task)
        : AnyTask(TaskType::of<T>(), detail::shared(detail::configured(std::move(task)))) {}

    /// Luigi's task id: family, the first three values, and ten digits of a hash over all of them.
    const std::string& id() const { return id_; }
    /// The description of its class.
    const TaskType& type() const { return *type_; }
    /// All parameters except secret ones, in text form; with the family, enough to rebuild the task.
    Values values() const;
    /// values() with secret ones; only for the engine's own child processes, never to be stored.
    Values values_with_secrets() const;
    /// "Family(a=1, b=2)", as people read it: without what has its default.
    std::string description() const;

    /// True when its outputs exist, or its complete() is true. Throws what a target throws.
    bool complete() const;
    /// Returns of each task if it is complete, as complete() does, but asks a class that has bulk_complete() once.
    /// Throws what one of them throws.
    static std::vector<bool> complete(std::span<const AnyTask> tasks);
    /// Its direct requirements.
    std::vector<AnyTask> requirements() const;
    /// Its outputs, in their order.
    std::vector<AnyTarget> outputs() const;
    /// Calls run() in the calling thread.
    Outcome run(Context& context) const;
    /// Its priority, resources, retries and timeout.
    TaskPolicy policy() const;
    /// True when it says disabled(): it is left out.
    bool disabled() const;
    /// Calls on_failure(failure), if it has that.
    void on_failure(const Failure& failure) const;
    /// Calls on_failure(failure, attempt), if it has that.
    void on_recorded_failure(const Failure& failure, const EndedAttempt& attempt) const;
    /// Calls on_success(), if it has that.
    void on_success() const;

    friend bool operator==(const AnyTask& a, const AnyTask& b) { return a.id_ == b.id_; }

private:
    friend class Registry;

    AnyTask(const TaskType& type, std::shared_ptr<const void> task);

    const TaskType* type_;
    std::shared_ptr<const void> task_;
    std::string id_;
    /// The registry's classes, and the values for tasks made in this one's code; null: none.
    std::shared_ptr<const detail::ConfiguredValues> configuration_;
};

/// Requirements of different types: return freshet::all(A{...}, B{...});
template <class... T>
std::tuple<T...> all(T... tasks) {
    return {std::move(tasks)...};
}

/// Returns the outputs of the requirements of `task`, in the shape of requirements().
template <class T>
auto inputs(const T& task);

/// Returns the outputs of a task, freshet::all(...) or a vector of tasks, in their shape. Unlike output(), it knows the
/// configuration: those of tasks that Context::require() has found complete.
template <class Tasks>
auto outputs(const Tasks& tasks);

namespace detail {

/// Fills in the members of a freshly made task from text; throws ParameterError naming family and parameter.
void assign(void* task, const TaskType& type, const Values& values);

template <class T>
bool complete_of(const void* task);
template <class T>
std::vector<bool> bulk_complete_of(std::span<const void* const> tasks);
template <class T>
constexpr decltype(TaskType::bulk_complete) bulk_complete_function() {
    if constexpr (HasBulkComplete<T>)
        return &bulk_complete_of<T>;
    else
        return nullptr;
}
template <class T>
constexpr decltype(TaskType::on_recorded_failure) on_recorded_failure_function() {
    if constexpr (HasOnRecordedFailure<T>)
        return [](const void* task, const Failure& failure, const EndedAttempt& attempt) {
            static_cast<const T*>(task)->on_failure(failure, attempt);
        };
    else
        return nullptr;
}
template <class T>
constexpr decltype(TaskType::disabled) disabled_function() {
    if constexpr (HasDisabled<T>)
        return [](const void* task) { return static_cast<const T*>(task)->disabled(); };
    else
        return nullptr;
}
template <class T>
constexpr decltype(TaskType::on_success) on_success_function() {
    if constexpr (HasOnSuccess<T>)
        return [](const void* task) { static_cast<const T*>(task)->on_success(); };
    else
        return nullptr;
}
template <class T>
std::vector<AnyTask> requirements_of(const void* task);
template <class T>
std::vector<AnyTarget> targets_of(const void* task);
template <class T>
Outcome run_of(const void* task, Context& context);

}  // namespace detail

template <class T>
const TaskType& TaskType::of() {
    detail::check_task<T>();
    static constexpr TaskType type{
        .family = detail::family_of<T>(),
        .parameters = detail::parameters_of<T>(),
        .kind = detail::kind_of<T>(),
        .isolation = detail::isolation_of<T>(),
        .staleness = detail::staleness_of<T>(),
        .requirement_rule = detail::requirement_rule_of<T>(),
        .max_batch_size = detail::max_batch_size_of<T>(),
        .is_manifest = detail::is_manifest<T>(),
        .emits_events = detail::emits_events<T>(),
        .accepts_messages = detail::accepts_messages<T>(),
        .has_outputs = detail::HasOutput<T>,
        .has_own_completeness = detail::HasComplete<T>,
        .make = [](const TaskType& self, const Values& values) -> AnyTask {
            T task{};
            detail::assign(&task, self, values);
            return task;
        },
        .defaults = []() -> const void* {
            static const T task{};
            return &task;
        },
        .complete = &detail::complete_of<T>,
        .bulk_complete = detail::bulk_complete_function<T>(),
        .requirements = &detail::requirements_of<T>,
        .outputs = &detail::targets_of<T>,
        .run = &detail::run_of<T>,
        .policy = [](const void* task) { return detail::policy_of(*static_cast<const T*>(task)); },
        .disabled = detail::disabled_function<T>(),
        .on_failure =
            [](const void* task, const Failure& failure) {
                if constexpr (detail::HasOnFailure<T>) static_cast<const T*>(task)->on_failure(failure);
            },
        .on_recorded_failure = detail::on_recorded_failure_function<T>(),
        .on_success = detail::on_success_function<T>()};
    return type;
}

}  // namespace freshet

#include "freshet/detail/task_functions.hpp"

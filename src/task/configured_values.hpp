// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/config.hpp"
#include "freshet/task.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::detail {

/// A value that the configuration gives to a parameter of one family, or to a member of a section of its own.
struct ConfiguredValue {
    const Parameter* parameter = nullptr;
    std::string text{};
    std::string origin{};   ///< "gfs.toml:12"
    std::string section{};  ///< the family, "DEFAULT" or the section
    std::string error{};    ///< why it cannot be used, for whoever needs it; empty: it can
};

class TaskScope;

/// The classes of a registry, and the values of a configuration for tasks that are made without them, by family. C++
/// cannot tell a member that was left out from one that was given its default, so a parameter counts as left out when
/// it has its default; a required one when its text is empty. It counts as given when the task that requires it has a
/// parameter of that name with the same value and a value in the configuration: it passes on what it was given.
class ConfiguredValues {
public:
    /// `name`: the family or the section.
    void add(std::string_view name, std::vector<ConfiguredValue> values) { values_[name] = std::move(values); }
    const std::map<std::string_view, std::vector<ConfiguredValue>>& values() const { return values_; }
    /// True without values.
    bool empty() const { return values_.empty(); }
    void set_types(std::vector<const TaskType*> types, std::vector<const SectionType*> sections) {
        types_ = std::move(types);
        sections_ = std::move(sections);
    }
    /// Throws ParameterError, with the nearest family, when no class has that name.
    const TaskType& find(std::string_view family) const;
    /// True when the configuration has a value for that parameter.
    bool has(const TaskType& type, std::string_view parameter) const;

    /// Sets what was left out of a task that is made in the code of another. Throws ConfigError with the value's origin
    /// when it is not valid.
    void apply(const TaskType& type, void* task, const TaskScope& requirer) const;
    /// Sets what the configuration has of a section. Throws ConfigError with the value's origin when it is not valid,
    /// or when one is required and not there, and Error for a section that the registry does not have.
    void read(const SectionType& type, void* values) const;
    /// Throws ConfigError when the configuration has a text for the section that is not a value.
    void check(const SectionType& type) const;
    /// Makes a task from values, with the configuration's for absent ones. Throws ParameterError, also for a value that
    /// the class has no parameter for; for a value of the configuration ConfigError with its origin.
    static AnyTask make(const std::shared_ptr<const ConfiguredValues>& configuration, const TaskType& type,
                        const Values& values);
    /// Returns the values of a task without those that were left out and that the configuration has.
    Values without_left_out(const TaskType& type, Values values) const;

private:
    const std::vector<ConfiguredValue>& values_of(std::string_view name) const;
    AnyTask make_with_values(const TaskType& type, const Values& values) const;

    std::vector<const TaskType*> types_;
    std::vector<const SectionType*> sections_;
    std::map<std::string_view, std::vector<ConfiguredValue>> values_;
};

/// Names the task whose code this thread runs during the scope's lifetime, and the registry that has made it.
/// Thread-local because the functions of a task have no context argument.
class TaskScope {
public:
    /// The arguments outlive the scope.
    TaskScope(const TaskType& type, const void* task, const std::shared_ptr<const ConfiguredValues>& configuration);
    /// No task's code, but a task is made from text, which may name other classes.
    explicit TaskScope(const std::shared_ptr<const ConfiguredValues>& configuration);
    ~TaskScope();
    TaskScope(const TaskScope&) = delete;
    TaskScope& operator=(const TaskScope&) = delete;

    bool has_task() const { return type_ != nullptr; }
    /// Those of the task.
    std::vector<AnyTask> requirements() const { return type_->requirements(task_); }
    /// True when the task has a parameter of that name with that value, and the configuration has one for it.
    bool passes_on(std::string_view parameter, std::string_view text) const;
    const std::shared_ptr<const ConfiguredValues>& configuration() const { return configuration_; }

    static const TaskScope* current();

private:
    const TaskType* type_ = nullptr;
    const void* task_ = nullptr;
    const std::shared_ptr<const ConfiguredValues>& configuration_;
    const TaskScope* outer_;
};

}  // namespace freshet::detail

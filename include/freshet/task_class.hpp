// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/task.hpp"

#include <string>
#include <string_view>

namespace freshet {

/// A class of tasks as a parameter's value, written as its family (Luigi's TaskParameter).
class TaskClass {
public:
    TaskClass() = default;  ///< none
    explicit TaskClass(const TaskType& type) : type_(&type) {}
    /// The class T.
    template <class T>
    static TaskClass of() {
        return TaskClass(TaskType::of<T>());
    }

    /// Null: none.
    const TaskType* type() const { return type_; }

    /// A task of the class with these values, in text form, and in code of a task those of its configuration for absent
    /// ones. Throws ParameterError for an unknown parameter or an invalid value, and when there is no class.
    AnyTask make(const Values& values = {}) const;

    friend bool operator==(const TaskClass&, const TaskClass&) = default;

private:
    const TaskType* type_ = nullptr;
};

/// Reads the family of a class of the registry that makes the task.
template <>
struct Codec<TaskClass> {
    static constexpr std::string_view example = "TASK";
    static std::string write(const TaskClass& value) { return std::string(value.type() ? value.type()->family : ""); }
    static TaskClass read(std::string_view text);
};

}  // namespace freshet

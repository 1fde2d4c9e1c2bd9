// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/task.hpp"

#include <string_view>
#include <vector>

namespace freshet {

/// The classes of tasks that a program offers. Made in main(), never global.
class Registry {
public:
    template <class... T>
    static Registry of() {
        return Registry({&TaskType::of<T>()...});
    }

    /// Throws ParameterError, with the nearest family, when there is none of that name.
    const TaskType& find(std::string_view family) const;
    const std::vector<const TaskType*>& types() const { return types_; }

    /// The task of that family with those parameters; throws ParameterError for an unknown family or parameter.
    AnyTask make(std::string_view family, const Values& values) const;

private:
    explicit Registry(std::vector<const TaskType*> types);  ///< throws ParameterError if two have one family
    std::vector<const TaskType*> types_;
};

}  // namespace freshet

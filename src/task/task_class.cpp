// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/task_class.hpp"

#include "task/configured_values.hpp"

#include <fmt/format.h>

#include <memory>

namespace freshet {

AnyTask TaskClass::make(const Values& values) const {
    if (!type_) throw ParameterError("a parameter that is the class of a task has no value");
    std::shared_ptr<const detail::ConfiguredValues> configuration;
    if (const auto* scope = detail::TaskScope::current()) configuration = scope->configuration();
    if (!configuration) configuration = std::make_shared<detail::ConfiguredValues>();
    return detail::ConfiguredValues::make(configuration, *type_, values);
}

TaskClass Codec<TaskClass>::read(std::string_view text) {
    const auto* scope = detail::TaskScope::current();
    if (!scope || !scope->configuration()) throw ParameterError(fmt::format("there is no task called '{}'", text));
    return TaskClass(scope->configuration()->find(text));
}

}  // namespace freshet

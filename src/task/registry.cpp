// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/registry.hpp"

#include "freshet/text.hpp"
#include "task/configured_values.hpp"

#include <fmt/format.h>

#include <set>

namespace freshet {

Registry::Registry(std::vector<const TaskType*> types) : types_(std::move(types)) {
    std::set<std::string_view> families;
    for (const TaskType* type : types_)
        if (!families.insert(type->family).second)
            throw ParameterError(fmt::format("two tasks are called '{}'", type->family));
}

const TaskType& Registry::find(std::string_view family) const {
    std::vector<std::string> families;
    for (const TaskType* type : types_) {
        if (type->family == family) return *type;
        families.emplace_back(type->family);
    }
    throw ParameterError(fmt::format("there is no task called '{}'{}", family, suggestion(family, families)));
}

AnyTask Registry::make(std::string_view family, const Values& values) const {
    const TaskType& type = find(family);
    std::vector<std::string> names;
    for (const Parameter& p : type.parameters) names.emplace_back(p.name);
    for (const auto& [name, value] : values)
        if (std::find(names.begin(), names.end(), name) == names.end())
            throw ParameterError(fmt::format("{} has no parameter '{}'{}", family, name, suggestion(name, names)));
    return make_configured(type, values);
}

AnyTask Registry::make_configured(const TaskType& type, const Values& values) const {
    const detail::TaskScope no_task;
    AnyTask task = configuration_ ? configuration_->make(type, values) : type.make(type, values);
    task.configuration_ = configuration_;
    return task;
}

Registry Registry::with(std::shared_ptr<const detail::ConfiguredValues> configuration) const {
    Registry registry = *this;
    registry.configuration_ = std::move(configuration);
    return registry;
}

AnyTask Registry::configured(const AnyTask& task) const {
    if (!configuration_) return task;
    return make_configured(task.type(), configuration_->without_left_out(task.type(), task.values_with_secrets()));
}

}  // namespace freshet

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/registry.hpp"

#include "freshet/range.hpp"
#include "task/configured_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace freshet {

namespace {

std::vector<const TaskType*> joined(std::vector<const TaskType*> types, const std::vector<const TaskType*>& more) {
    types.insert(types.end(), more.begin(), more.end());
    return types;
}

std::shared_ptr<detail::ConfiguredValues> without_values(std::vector<const TaskType*> types) {
    auto configuration = std::make_shared<detail::ConfiguredValues>();
    configuration->set_types(std::move(types));
    return configuration;
}

}  // namespace

Registry::Registry(std::vector<const TaskType*> types)
    : types_(std::move(types)),
      ranges_(detail::ranges_for(types_)),
      configuration_(without_values(joined(types_, ranges_))) {
    std::set<std::string_view> families;
    for (const TaskType* type : types_)
        if (!families.insert(type->family).second)
            throw ParameterError(fmt::format("two tasks are called '{}'", type->family));
}

const TaskType& Registry::find(std::string_view family) const { return configuration_->find(family); }

const TaskType* Registry::get_if(std::string_view family) const {
    for (const auto* types : {&types_, &ranges_})
        if (const auto found = std::ranges::find(*types, family, &TaskType::family); found != types->end())
            return *found;
    return nullptr;
}

AnyTask Registry::make(std::string_view family, const Values& values) const {
    return detail::ConfiguredValues::make(configuration_, find(family), values);
}

Registry Registry::with(std::shared_ptr<detail::ConfiguredValues> configuration) const {
    configuration->set_types(joined(types_, ranges_));
    Registry registry = *this;
    registry.configuration_ = std::move(configuration);
    return registry;
}

AnyTask Registry::configured(const AnyTask& task) const {
    if (!configuration_->empty())
        return detail::ConfiguredValues::make(
            configuration_, task.type(), configuration_->without_left_out(task.type(), task.values_with_secrets()));
    AnyTask with_classes = task;
    with_classes.configuration_ = configuration_;
    return with_classes;
}

}  // namespace freshet

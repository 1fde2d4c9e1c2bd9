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

std::shared_ptr<detail::ConfiguredValues> without_values(std::vector<const TaskType*> types,
                                                         std::vector<const SectionType*> sections) {
    auto configuration = std::make_shared<detail::ConfiguredValues>();
    configuration->set_types(std::move(types), std::move(sections));
    return configuration;
}

}  // namespace

Registry::Registry(std::vector<const TaskType*> types, std::vector<const SectionType*> sections)
    : types_(std::move(types)),
      ranges_(detail::ranges_for(types_)),
      sections_(std::move(sections)),
      configuration_(without_values(joined(types_, ranges_), sections_)) {
    std::set<std::string_view> names;
    for (const TaskType* type : types_)
        if (!names.insert(type->family).second)
            throw ParameterError(fmt::format("two tasks are called '{}'", type->family));
    for (const SectionType* section : sections_)
        if (!names.insert(section->name).second)
            throw ParameterError(fmt::format("two sections of the configuration are called '{}'", section->name));
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
    configuration->set_types(joined(types_, ranges_), sections_);
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

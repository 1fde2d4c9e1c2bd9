// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "task/configured_values.hpp"

#include "base/config.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace freshet::detail {

namespace {

thread_local const TaskScope* current_scope = nullptr;

bool is_left_out(const Parameter& parameter, const TaskType& type, std::string_view text) {
    return parameter.is_required ? text.empty() : text == parameter.write(type.defaults());
}

[[noreturn]] void reject_configured(const ConfiguredValue& value, std::string_view reason) {
    throw ConfigError(fmt::format("{}: [{}] {}: {}", value.origin, value.section, value.parameter->name, reason));
}

/// Its message quotes the text, unless that is secret.
void read_configured(const ConfiguredValue& value, void* task) {
    if (!value.error.empty()) throw ConfigError(value.error);
    try {
        value.parameter->read(task, value.text);
    } catch (const ParameterError& error) {
        const bool is_secret = value.parameter->visibility == Visibility::secret;
        reject_configured(value, is_secret ? "the secret is not valid" : error.what());
    }
}

}  // namespace

const std::vector<ConfiguredValue>& ConfiguredValues::values_of(std::string_view name) const {
    static const std::vector<ConfiguredValue> none;
    const auto found = values_.find(name);
    return found == values_.end() ? none : found->second;
}

bool ConfiguredValues::has(const TaskType& type, std::string_view parameter) const {
    const auto& values = values_of(type.family);
    return std::ranges::any_of(values, [&](const ConfiguredValue& v) { return v.parameter->name == parameter; });
}

void ConfiguredValues::apply(const TaskType& type, void* task, const TaskScope& requirer) const {
    for (const ConfiguredValue& value : values_of(type.family)) {
        const Parameter& parameter = *value.parameter;
        const std::string text = parameter.write(task);
        if (is_left_out(parameter, type, text) && !requirer.passes_on(parameter.name, text))
            read_configured(value, task);
    }
}

void ConfiguredValues::read(const SectionType& type, void* values) const {
    if (std::ranges::find(sections_, &type) == sections_.end())
        throw Error(fmt::format(
            "read the section [{}] of the configuration: it is not among the classes of the program", type.name));
    const auto& configured = values_of(type.name);
    for (const ConfiguredValue& value : configured) read_configured(value, values);
    for (const Parameter& parameter : type.parameters)
        if (parameter.is_required &&
            std::ranges::find(configured, &parameter, &ConfiguredValue::parameter) == configured.end())
            throw ConfigError(fmt::format("[{}] {}: it is required, and the configuration does not have it", type.name,
                                          parameter.name));
}

void ConfiguredValues::check(const SectionType& type) const {
    const auto scratch = type.make();
    for (const ConfiguredValue& value : values_of(type.name))
        if (value.error.empty()) read_configured(value, scratch.get());
}

const TaskType& ConfiguredValues::find(std::string_view family) const {
    std::vector<std::string> families;
    for (const TaskType* type : types_) {
        if (type->family == family) return *type;
        families.emplace_back(type->family);
    }
    throw ParameterError(fmt::format("there is no task called '{}'{}", family, suggestion(family, families)));
}

AnyTask ConfiguredValues::make(const std::shared_ptr<const ConfiguredValues>& configuration, const TaskType& type,
                               const Values& values) {
    std::vector<std::string> names;
    for (const Parameter& p : type.parameters) names.emplace_back(p.name);
    for (const auto& [name, value] : values)
        if (std::ranges::find(names, name) == names.end())
            throw ParameterError(fmt::format("{} has no parameter '{}'{}", type.family, name, suggestion(name, names)));
    const TaskScope scope(configuration);
    return configuration->make_with_values(type, values);
}

AnyTask ConfiguredValues::make_with_values(const TaskType& type, const Values& values) const {
    Values all = values;
    for (const ConfiguredValue& value : values_of(type.family)) {
        if (values.contains(value.parameter->name)) continue;
        if (!value.error.empty()) throw ConfigError(value.error);
        all.emplace(value.parameter->name, value.text);
    }
    try {
        return type.make(type, all);
    } catch (const ParameterError& error) {
        const std::string_view reason = error.what();
        for (const ConfiguredValue& value : values_of(type.family)) {
            const std::string prefix = fmt::format("{} --{}: ", type.family, value.parameter->name);
            if (!values.contains(value.parameter->name) && reason.starts_with(prefix))
                reject_configured(value, reason.substr(prefix.size()));
        }
        throw;
    }
}

Values ConfiguredValues::without_left_out(const TaskType& type, Values values) const {
    for (const ConfiguredValue& value : values_of(type.family))
        if (const auto found = values.find(value.parameter->name);
            found != values.end() && is_left_out(*value.parameter, type, found->second))
            values.erase(found);
    return values;
}

TaskScope::TaskScope(const TaskType& type, const void* task,
                     const std::shared_ptr<const ConfiguredValues>& configuration)
    : type_(&type), task_(task), configuration_(configuration), outer_(std::exchange(current_scope, this)) {}
TaskScope::TaskScope(const std::shared_ptr<const ConfiguredValues>& configuration)
    : configuration_(configuration), outer_(std::exchange(current_scope, this)) {}
TaskScope::~TaskScope() { current_scope = outer_; }

const TaskScope* TaskScope::current() { return current_scope; }

bool TaskScope::passes_on(std::string_view name, std::string_view text) const {
    const auto& parameters = type_->parameters;
    const auto own = std::ranges::find(parameters, name, &Parameter::name);
    return own != parameters.end() && own->write(task_) == text && configuration_->has(*type_, name);
}

void read_section(const SectionType& type, void* values) {
    const TaskScope* scope = TaskScope::current();
    if (!scope || !scope->has_task())
        throw Error(fmt::format(
            "read the section [{}] of the configuration: only the code of tasks can, on the thread that calls it",
            type.name));
    if (scope->configuration()) scope->configuration()->read(type, values);
}

void configure(const TaskType& type, void* task) {
    const TaskScope* requirer = TaskScope::current();
    if (!requirer || !requirer->has_task() || !requirer->configuration()) return;
    if (!requirer->configuration()->empty()) requirer->configuration()->apply(type, task, *requirer);
}

}  // namespace freshet::detail

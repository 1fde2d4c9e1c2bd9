// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/task.hpp"

#include "base/printable.hpp"
#include "task/configured_values.hpp"
#include "task/task_id.hpp"

#include <fmt/format.h>

namespace freshet {

namespace {

Values values_where(const TaskType& type, const void* task, bool (*wanted)(const Parameter&)) {
    Values values;
    for (const Parameter& p : type.parameters)
        if (wanted(p)) values.emplace(p.name, p.write(task));
    return values;
}

bool is_in_id(const Parameter& p) { return p.is_in_id(); }
bool is_not_secret(const Parameter& p) { return p.visibility != Visibility::secret; }

}  // namespace

AnyTask::AnyTask(const TaskType& type, std::shared_ptr<const void> task)
    : type_(&type), task_(std::move(task)), id_(task_id(type.family, values_where(type, task_.get(), is_in_id))) {
    if (const auto* requirer = detail::TaskScope::current()) configuration_ = requirer->configuration();
}

std::vector<AnyTask> AnyTask::requirements() const {
    const detail::TaskScope scope(*type_, task_.get(), configuration_);
    return type_->requirements(task_.get());
}

std::vector<AnyTarget> AnyTask::outputs() const {
    const detail::TaskScope scope(*type_, task_.get(), configuration_);
    return type_->outputs(task_.get());
}

Outcome AnyTask::run(Context& context) const {
    const detail::TaskScope scope(*type_, task_.get(), configuration_);
    return type_->run(task_.get(), context);
}

TaskPolicy AnyTask::policy() const {
    const detail::TaskScope scope(*type_, task_.get(), configuration_);
    return type_->policy(task_.get());
}

void AnyTask::on_failure(const Failure& failure) const {
    const detail::TaskScope scope(*type_, task_.get(), configuration_);
    type_->on_failure(task_.get(), failure);
}

Values AnyTask::values() const { return values_where(*type_, task_.get(), is_not_secret); }

Values AnyTask::values_with_secrets() const {
    return values_where(*type_, task_.get(), [](const Parameter&) { return true; });
}

std::string AnyTask::description() const {
    std::string text(type_->family);
    text += '(';
    for (const Parameter& p : type_->parameters) {
        if (!p.is_in_id()) continue;
        const std::string value = p.write(task_.get());
        if (!p.is_required && value == p.write(type_->defaults())) continue;
        text += fmt::format("{}{}={}", text.ends_with('(') ? "" : ", ", p.name, printable_line(value));
    }
    return text += ')';
}

bool AnyTask::complete() const {
    if (type_->kind != TaskKind::wrapper || type_->has_outputs || type_->has_own_completeness) {
        const detail::TaskScope scope(*type_, task_.get(), configuration_);
        return type_->complete(task_.get());
    }
    // Wrappers of wrappers may be nested as deep as somebody likes, so they are walked with a list.
    std::vector<AnyTask> open = requirements();
    while (!open.empty()) {
        const AnyTask task = std::move(open.back());
        open.pop_back();
        if (task.type().kind != TaskKind::wrapper) {
            if (!task.complete()) return false;
        } else {
            for (AnyTask& required : task.requirements()) open.push_back(std::move(required));
        }
    }
    return true;
}

namespace detail {

bool all_complete(const std::vector<AnyTask>& tasks) {
    for (const AnyTask& task : tasks)
        if (!task.complete()) return false;
    return true;
}

void assign(void* task, const TaskType& type, const Values& values) {
    for (const Parameter& p : type.parameters) {
        const auto given = values.find(p.name);
        if (given == values.end()) {
            if (p.is_required) throw ParameterError(fmt::format("{} --{}: must be given", type.family, p.name));
            continue;
        }
        try {
            p.read(task, given->second);
        } catch (const ParameterError& error) {
            const bool is_secret = p.visibility == Visibility::secret;  // the message quotes the value
            throw ParameterError(
                fmt::format("{} --{}: {}", type.family, p.name, is_secret ? "the secret is not valid" : error.what()));
        }
    }
}

}  // namespace detail
}  // namespace freshet

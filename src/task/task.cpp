// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/task.hpp"

#include "base/printable.hpp"
#include "task/configured_values.hpp"
#include "task/task_id.hpp"

#include <fmt/format.h>

#include <map>

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

std::vector<const Parameter*> naming_parameters(const TaskType& type, const Values& values) {
    std::vector<const Parameter*> naming;
    for (const Parameter& p : type.parameters)
        if (p.is_in_id() && (p.is_required || values.find(p.name)->second != p.write(type.defaults())))
            naming.push_back(&p);
    return naming;
}

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

bool AnyTask::disabled() const {
    if (!type_->disabled) return false;
    const detail::TaskScope scope(*type_, task_.get(), configuration_);
    return type_->disabled(task_.get());
}

void AnyTask::on_failure(const Failure& failure) const {
    const detail::TaskScope scope(*type_, task_.get(), configuration_);
    type_->on_failure(task_.get(), failure);
}

void AnyTask::on_recorded_failure(const Failure& failure, const EndedAttempt& attempt) const {
    if (!type_->on_recorded_failure) return;
    const detail::TaskScope scope(*type_, task_.get(), configuration_);
    type_->on_recorded_failure(task_.get(), failure, attempt);
}

void AnyTask::on_success() const {
    if (!type_->on_success) return;
    const detail::TaskScope scope(*type_, task_.get(), configuration_);
    type_->on_success(task_.get());
}

Values AnyTask::values() const { return values_where(*type_, task_.get(), is_not_secret); }

Values AnyTask::values_with_secrets() const {
    return values_where(*type_, task_.get(), [](const Parameter&) { return true; });
}

std::string AnyTask::description() const {
    std::string text(type_->family);
    text += '(';
    const Values values = this->values();
    for (const Parameter* p : naming_parameters(*type_, values))
        text += fmt::format("{}{}={}", text.ends_with('(') ? "" : ", ", p->name,
                            printable_line(values.find(p->name)->second));
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

std::vector<bool> AnyTask::complete(std::span<const AnyTask> tasks) {
    std::vector<bool> answers(tasks.size());
    std::map<const TaskType*, std::vector<std::size_t>> in_bulk;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        if (tasks[i].type_->bulk_complete)
            in_bulk[tasks[i].type_].push_back(i);
        else
            answers[i] = tasks[i].complete();
    }
    for (const auto& [type, indices] : in_bulk) {
        std::vector<const void*> selves;
        for (const std::size_t i : indices) selves.push_back(tasks[i].task_.get());
        const AnyTask& first = tasks[indices.front()];
        const detail::TaskScope scope(*type, first.task_.get(), first.configuration_);
        const std::vector<bool> answered = type->bulk_complete(selves);
        for (std::size_t i = 0; i < indices.size(); ++i) answers[indices[i]] = answered[i];
    }
    return answers;
}

namespace detail {

void append(std::vector<AnyTask>& all, AnyTask task) { all.push_back(std::move(task)); }

void append(std::vector<AnyTarget>& all, AnyTarget target) { all.push_back(std::move(target)); }

void check_answers(std::string_view family, std::size_t answers, std::size_t tasks) {
    if (answers != tasks)
        throw Error(fmt::format("{}::bulk_complete() returned {} answers for {} tasks", family, answers, tasks));
}

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

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/task.hpp"

#include <algorithm>

namespace freshet::scheduler {

rpc::Parameters public_parameters(const Task& task) {
    rpc::Parameters shown;
    for (const auto& parameter : task.params) {
        const auto visibility = task.visibilities->find(parameter.first);
        if (visibility == task.visibilities->end() || visibility->second == 0) shown.push_back(parameter);
    }
    return shown;
}

rpc::Parameters telling_parameters(const Task& task) {
    auto params = public_parameters(task);
    if (!task.name_params) {
        std::sort(params.begin(), params.end());
        return params;
    }
    rpc::Parameters named;
    for (const std::string& name : *task.name_params)
        if (const auto found = std::ranges::find(params, name, &rpc::Parameters::value_type::first);
            found != params.end())
            named.push_back(*found);
    return named;
}

std::string display_name(const Task& task) { return display_name(*task.family, telling_parameters(task)); }

std::string display_name(const std::string& family, const rpc::Parameters& params) {
    std::string name = family + "(";
    for (std::size_t i = 0; i < params.size(); ++i) name += (i ? ", " : "") + params[i].first + "=" + params[i].second;
    return name + ")";
}

std::string full_name(const Task& task) {
    auto params = public_parameters(task);
    std::sort(params.begin(), params.end());
    return display_name(*task.family, params);
}

bool is_expected_delay(const Task& task) {
    return task.status == Status::failed && !task.retries_exhausted && !details(task).full_disk &&
           (task.failure_class == FailureClass::not_ready || task.failure_class == FailureClass::throttled);
}

AlertLevel alert_level_of(const Task& task) {
    const Details& known = details(task);
    if (task.status == Status::done || known.is_acknowledged) return AlertLevel::none;
    if (task.status == Status::disabled || known.failures_in_a_row >= repeated_failures || known.full_disk)
        return AlertLevel::needs_operator;
    if (task.status == Status::failed) {
        if (is_expected_delay(task) && known.failures_in_a_row == 0) return AlertLevel::delayed;
        return task.retry_at == never ? AlertLevel::needs_operator : AlertLevel::retrying;
    }
    if (task.status == Status::unknown && known.scheduling_failure) return AlertLevel::needs_operator;
    const bool is_pending = task.status == Status::pending;
    if (known.failures_in_a_row == 0) return is_pending && known.was_not_ready ? AlertLevel::delayed : AlertLevel::none;
    return is_pending && task.workers->empty() ? AlertLevel::needs_operator
                                               : AlertLevel::retrying;  // nobody to retry it
}

void need(Task& task) {
    task.expires_at = never;
    if (task.details) task.details->unneeded_since = never;
}

void add_failure(Task& task, Time at) {
    Details& known = details(task);
    ++known.failures_in_a_row;
    known.last_failure = at;
    known.is_acknowledged = known.was_not_ready = false;
    known.full_disk = known.loss = nullptr;
}

void end_failures(Task& task) {
    if (!task.details) return;
    task.details->failures_in_a_row = 0;
    task.details->last_failure = never;
    task.details->is_acknowledged = task.details->was_not_ready = false;
    task.details->full_disk = task.details->loss = nullptr;
}

void acknowledge_failures(Task& task) {
    end_failures(task);
    details(task).is_acknowledged = true;
}

}  // namespace freshet::scheduler

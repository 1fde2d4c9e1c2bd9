// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/task_graph.hpp"

#include "freshet/error.hpp"
#include "freshet/text.hpp"
#include "target/target_paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace freshet::worker {

namespace {

std::vector<AnyTask> requirements_of(const AnyTask& task, RequirementErrors errors) {
    try {
        return task.requirements();
    } catch (const std::exception&) {
        if (errors == RequirementErrors::thrown) throw;
        return {};
    }
}

}  // namespace

TaskGraph::TaskGraph(const std::vector<AnyTask>& roots, RequirementErrors errors) {
    for (const AnyTask& root : roots) find_or_add(root);
    for (std::size_t task = 0; task < tasks_.size(); ++task)
        for (AnyTask& required : requirements_of(AnyTask(tasks_[task]), errors)) {
            const std::size_t requirement = find_or_add(std::move(required));
            requirements_[task].push_back(requirement);
        }
}

std::size_t TaskGraph::find_or_add(AnyTask task) {
    const auto [known, is_new] = positions_.emplace(task.id(), tasks_.size());
    if (is_new) {
        tasks_.push_back(std::move(task));
        requirements_.emplace_back();
    }
    return known->second;
}

template <class Predicate>
std::vector<AnyTask> TaskGraph::select(Predicate is_selected) const {
    std::vector<AnyTask> selected;
    std::ranges::copy_if(tasks_, std::back_inserter(selected), is_selected);
    return selected;
}

std::vector<AnyTask> TaskGraph::find(std::string_view name) const {
    auto found = select([&](const AnyTask& task) { return task.id() == name || task.type().family == name; });
    if (!found.empty()) return found;
    found = select([&](const AnyTask& task) { return !name.empty() && task.id().starts_with(name); });
    if (found.size() > 1)
        throw ParameterError(fmt::format("the ids of {} tasks begin with '{}', such as '{}' and '{}'", found.size(),
                                         name, found[0].id(), found[1].id()));
    if (found.empty()) found = with_output(name);
    if (found.empty()) reject(name);
    return found;
}

/// A path may be spelt in any way.
std::vector<AnyTask> TaskGraph::with_output(std::string_view address) const {
    const std::string path = target::normalized_path(address).native();
    const auto is_meant = [&](const AnyTarget& output) {
        return output.address() == (output.path() ? std::string_view(path) : address);
    };
    return select([&](const AnyTask& task) {
        return task.type().kind != TaskKind::wrapper && std::ranges::any_of(task.outputs(), is_meant);
    });
}

void TaskGraph::reject(std::string_view name) const {
    std::vector<std::string> families;
    for (const AnyTask& task : tasks_) families.emplace_back(task.type().family);
    std::ranges::sort(families);
    families.erase(std::unique(families.begin(), families.end()), families.end());
    throw ParameterError(fmt::format("'{}' is neither {} nor a family, an id or an output of what it requires{}", name,
                                     tasks_.front().description(), suggestion(name, families)));
}

std::vector<AnyTask> TaskGraph::with_dependents(const std::vector<AnyTask>& tasks) const {
    std::vector<std::vector<std::size_t>> dependents(tasks_.size());
    for (std::size_t task = 0; task < tasks_.size(); ++task)
        for (const std::size_t required : requirements_[task]) dependents[required].push_back(task);
    std::vector<std::size_t> found;
    std::vector<bool> is_found(tasks_.size());
    const auto add = [&](std::size_t task) {
        if (!is_found[task]) found.push_back(task);
        is_found[task] = true;
    };
    for (const AnyTask& task : tasks) add(positions_.at(task.id()));
    for (std::size_t i = 0; i < found.size(); ++i)
        for (const std::size_t dependent : dependents[found[i]]) add(dependent);
    std::vector<AnyTask> result;
    for (const std::size_t task : found) result.push_back(tasks_[task]);
    return result;
}

}  // namespace freshet::worker

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/root_failures.hpp"

#include "freshet/text.hpp"
#include "scheduler/explanation.hpp"
#include "scheduler/scheduler_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace freshet::scheduler {

namespace {

constexpr std::size_t max_why_length = 600;

constexpr std::array<std::string_view, 4> alert_level_texts = {"none", "delayed", "retrying", "needs_operator"};

Json failure_json(const RootFailure& failure) {
    return Json::Object{{"family", failure.family},
                        {"name", failure.name},
                        {"status", text(failure.status)},
                        {"alert_level", alert_level_texts[static_cast<std::size_t>(failure.alert_level)]},
                        {"why", failure.why},
                        {"tasks", static_cast<std::int64_t>(failure.tasks)},
                        {"failures", static_cast<std::int64_t>(failure.failures)},
                        {"since", failure.since.time_since_epoch().count()}};
}

AlertLevel alert_level_from(const std::string& text) {
    const auto found = std::ranges::find(alert_level_texts, text);
    if (found == alert_level_texts.end()) throw Error(fmt::format("'{}' is not an alert level", text));
    return static_cast<AlertLevel>(found - alert_level_texts.begin());
}

RootFailure failure_from(const Record& record) {
    const Json content = Json::parse(record.content);
    return {.task_id = record.id,
            .family = content.at("family").as_string(),
            .name = content.at("name").as_string(),
            .status = rpc::status_from(content.at("status").as_string()).value_or(Status::unknown),
            .alert_level = alert_level_from(content.at("alert_level").as_string()),
            .why = content.at("why").as_string(),
            .tasks = static_cast<std::size_t>(content.at("tasks").as_integer()),
            .failures = static_cast<std::uint32_t>(content.at("failures").as_integer()),
            .since = Time(Time::duration(content.at("since").as_integer()))};
}

void merge(RootFailure& known, RootFailure more) {
    more.tasks = known.task_id == RootFailures::overflow_id ? known.tasks + more.tasks : more.tasks;
    more.failures += known.failures;
    more.since = std::max(known.since, more.since);
    more.alert_level = std::max(known.alert_level, more.alert_level);
    known = std::move(more);
}

RootFailure as_overflow(RootFailure failure) {
    failure.task_id = failure.family = RootFailures::overflow_id;
    failure.name = "Others";
    failure.why = fmt::format("failed, too: more than {} roots have failures", RootFailures::max_roots);
    return failure;
}

/// True for a task that ended with its worker before it was done, though nothing of it failed.
bool is_unfinished(const Task& task) {
    const bool is_batch_task = task.batch && !task.batchable;
    return task.status != Status::done && task.status != Status::unknown && !is_batch_task;
}

/// Describes the failure of a task, continuing a sentence that begins with its name.
std::string why_of(const SchedulerState& state, TaskId id, Time now) {
    const Task& task = state.tasks[id];
    if (task.status == Status::failed || task.status == Status::disabled || details(task).scheduling_failure)
        return explain(state, id, now);
    const std::string failed = details(task).failures_in_a_row > 0 ? describe_failures(task) + "; it " : "";
    return fmt::format("{}was {} when its last worker left", failed, text(task.status));
}

std::string why_of(const SchedulerState& state, TaskId root, TaskId cause, Time now) {
    if (cause == root) return why_of(state, root, now);
    return fmt::format("did not succeed: {} {}", shown_name(state.tasks[cause]), why_of(state, cause, now));
}

/// Finds the roots above tasks, and visits no task twice.
class RootSearch {
public:
    explicit RootSearch(const TaskTable& tasks) : tasks_(tasks) {}

    /// Calls `visit(root)` for each root above the task that no earlier search has visited. Returns one of its roots.
    template <class Visit>
    TaskId visit_roots(TaskId task, Visit&& visit) {
        std::optional<TaskId> first;
        std::vector<TaskId> found{task};
        for (std::size_t i = 0; i < found.size(); ++i) {
            if (const auto known = root_of_.find(found[i]); known != root_of_.end()) {
                if (known->second) first = first ? first : known->second;
                continue;
            }
            root_of_[found[i]] = std::nullopt;  // until this search ends
            const auto& dependants = tasks_[found[i]].dependants;
            if (dependants.empty()) visit(found[i]);
            if (dependants.empty() && !first) first = found[i];
            found.insert(found.end(), dependants.begin(), dependants.end());
        }
        if (!first) visit(task);  // a cycle
        const TaskId root = first.value_or(task);
        for (const TaskId visited : found) root_of_[visited] = root;
        return root;
    }

    bool has_visited(TaskId task) const { return root_of_.contains(task); }

private:
    const TaskTable& tasks_;
    std::unordered_map<TaskId, std::optional<TaskId>> root_of_;
};

/// Counts the failures of a task that is known again, or of tasks that it required, as those of the task.
void take_over(SchedulerState& state, TaskId root, const RootFailure& failure) {
    if (failure.failures == 0) return;
    state.tasks.change(root, [&](Task& task) {
        details(task).failures_in_a_row += failure.failures;
        details(task).last_failure = failure.since;
        details(task).is_acknowledged = false;
    });
}

RootFailure root_failure(const SchedulerState& state, TaskId root, TaskId cause, AlertLevel level, Time now) {
    const Task& task = state.tasks[root];
    return {.task_id = task.id,
            .family = *task.family,
            .name = shown_name(task),
            .status = state.tasks[cause].status,
            .alert_level = level,
            .why = shortened(why_of(state, root, cause, now), max_why_length),
            .tasks = 0,
            .since = alert_since(state.tasks[cause])};
}

}  // namespace

void RootFailures::add(RootFailure failure) {
    if (all_.size() >= max_roots && !all_.contains(failure.task_id)) failure = as_overflow(std::move(failure));
    const std::string id = failure.task_id;
    const auto [known, added] = all_.try_emplace(id, failure);
    if (!added) merge(known->second, std::move(failure));
    changed_.insert(id);
    removed_.erase(id);
}

std::optional<RootFailure> RootFailures::take(const std::string& task_id) {
    auto taken = all_.extract(task_id);
    if (!taken) return std::nullopt;
    changed_.erase(task_id);
    removed_.insert(task_id);
    return std::move(taken.mapped());
}

void RootFailures::shift_times(Time::duration change) {
    for (auto& [id, failure] : all_) {
        failure.since += change;
        changed_.insert(id);
    }
}

void RootFailures::limit_times(Time now) {
    for (auto& [id, failure] : all_) {
        if (failure.since <= now) continue;
        failure.since = now;
        changed_.insert(id);
    }
}

std::vector<Record> RootFailures::take_changed() {
    std::vector<Record> records;
    for (const std::string& id : std::exchange(changed_, {}))
        records.push_back({.id = id, .content = failure_json(all_.find(id)->second).text()});
    return records;
}

std::vector<std::string> RootFailures::take_removed() {
    const auto removed = std::exchange(removed_, {});
    return {removed.begin(), removed.end()};
}

void RootFailures::restore(const Record& record) { all_.insert_or_assign(record.id, failure_from(record)); }

void keep_failures(SchedulerState& state, const std::vector<TaskId>& expired, Time now) {
    std::array<std::vector<TaskId>, alert_level_texts.size()> alerted;
    std::vector<TaskId> acknowledged, unfinished;
    for (const TaskId id : expired) {
        const Task& task = state.tasks[id];
        alerted[static_cast<std::size_t>(alert_level_of(task))].push_back(id);
        if (details(task).is_acknowledged) acknowledged.push_back(id);
        if (task.dependants.empty() && is_unfinished(task)) unfinished.push_back(id);
    }
    std::map<TaskId, RootFailure> kept;  // by root
    RootSearch search(state.tasks);
    const auto keep = [&](TaskId task, AlertLevel level) {
        const TaskId root = search.visit_roots(
            task, [&](TaskId above) { kept.emplace(above, root_failure(state, above, task, level, now)); });
        RootFailure& failure = kept.at(root);
        ++failure.tasks;
        failure.failures += details(state.tasks[task]).failures_in_a_row;
    };
    // The worst first: a root is kept with the first cause that is found. Nobody is left to retry a failure.
    for (const AlertLevel level : {AlertLevel::needs_operator, AlertLevel::retrying, AlertLevel::delayed})
        for (const TaskId id : alerted[static_cast<std::size_t>(level)])
            keep(id, level == AlertLevel::delayed ? level : AlertLevel::needs_operator);
    for (const TaskId id : acknowledged) search.visit_roots(id, [](TaskId) {});
    for (const TaskId id : unfinished)
        if (!search.has_visited(id)) keep(id, AlertLevel::delayed);
    for (auto& [root, failure] : kept) {
        failure.tasks = std::max<std::size_t>(failure.tasks, 1);
        if (state.tasks[root].expires_at <= now)
            state.root_failures.add(std::move(failure));
        else
            take_over(state, root, failure);
    }
}

TaskId add_task(SchedulerState& state, const std::string& id, Time now) {
    const TaskId task = state.tasks.add(id, now);
    if (const auto failure = state.root_failures.take(id)) take_over(state, task, *failure);
    return task;
}

}  // namespace freshet::scheduler

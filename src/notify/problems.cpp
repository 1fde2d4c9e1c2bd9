// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "notify/problems.hpp"

#include "scheduler/explanation.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <set>
#include <utility>

namespace freshet::notify {

namespace {

using scheduler::AlertLevel;
using scheduler::RootFailure;
using scheduler::SchedulerState;
using scheduler::Task;
using scheduler::TaskId;

constexpr std::string_view worker_prefix = "worker ";
constexpr std::string_view unrunnable_prefix = "unrunnable ";
constexpr std::string_view disk_id = "disk";
constexpr std::size_t max_tasks_of_problem = 100;

std::optional<ProblemState> problem_of(AlertLevel level, rpc::Status status) {
    if (level == AlertLevel::delayed) return ProblemState::late;
    if (level != AlertLevel::needs_operator) return std::nullopt;
    return status == rpc::Status::disabled ? ProblemState::disabled : ProblemState::failed;
}

/// True when an operator had the task tried again after the failure that is known.
bool is_forgiven(const Task& task, const Problem& known) {
    const Time at = details(task).forgiven_at;
    return at != scheduler::never && at > known.since;
}

/// A task above this one that nothing requires.
TaskId root_of(const scheduler::TaskTable& tasks, TaskId id) {
    for (std::size_t i = 0; i < scheduler::max_visited && !tasks[id].dependants.empty(); ++i)
        id = tasks[id].dependants.front();
    return id;
}

using LostTasks = std::map<std::string, std::vector<TaskId>, std::less<>>;  // by worker

/// The tasks that wait since their worker was lost. They have an alert until they are done or acknowledged.
LostTasks find_lost_tasks(const SchedulerState& state) {
    LostTasks lost;
    for (const auto& [key, tasks] : state.tasks.index().alerted()) {
        std::size_t examined = 0;
        for (auto task = tasks.rbegin(); task != tasks.rend() && ++examined <= max_open_problems; ++task)
            if (const auto& worker = details(state.tasks[task->second]).lost_worker)
                lost[*worker].push_back(task->second);
    }
    return lost;
}

/// One comparison of open problems with the state.
class Comparison {
public:
    Comparison(const SchedulerState& state, const std::optional<Disk>& disk, const ProblemFilter& filter, Time now)
        : state_(state), disk_(disk), filter_(filter), now_(now) {}

    void update(const Problem& known);
    void add_tasks();
    void add_root_failures();
    void add_workers();
    void add_unrunnable();
    void add_disk();
    ProblemChanges finish() { return std::move(changes_); }

private:
    std::optional<ProblemState> state_of(const Task& task) const;
    bool is_root_failure(const RootFailure& failure) const;
    std::optional<scheduler::BlockReason> unrunnable_reason(const scheduler::ReadyQueue& queue) const;
    void update_task(const Problem& known, TaskId id);
    void update_removed_task(const Problem& known);
    void update_by_root(const Problem& known, const Task& root);
    void update_worker(const Problem& known);
    void update_unrunnable(const Problem& known);
    void update_disk(const Problem& known);
    void end_unless_removed(const Problem& known);
    void keep(Problem problem);
    void begin(Problem problem);
    void begin(TaskId id, ProblemState state);
    bool is_full() const { return changes_.open.size() >= max_open_problems; }
    bool is_told(const std::string& id) const { return changes_.open.contains(id) || roots_told_.contains(id); }

    const SchedulerState& state_;
    const std::optional<Disk>& disk_;
    const ProblemFilter& filter_;
    const Time now_;
    ProblemChanges changes_;
    std::set<std::string, std::less<>> roots_told_;  // their failures are those of problems with other ids
};

std::optional<ProblemState> Comparison::state_of(const Task& task) const {
    const auto state =
        details(task).full_disk ? ProblemState::disk_full : problem_of(scheduler::alert_level_of(task), task.status);
    if (!state || !filter_.accepts(*state)) return std::nullopt;
    if (*state == ProblemState::late && now_ < task.created + filter_.late_after) return std::nullopt;
    return state;
}

bool Comparison::is_root_failure(const RootFailure& failure) const {
    const auto state = problem_of(failure.alert_level, failure.status);
    return state && *state != ProblemState::late && filter_.accepts(*state) && filter_.accepts_family(failure.family);
}

void Comparison::keep(Problem problem) { changes_.open.insert_or_assign(problem.id, std::move(problem)); }

void Comparison::begin(Problem problem) {
    problem.is_retried = false;
    changes_.begun.push_back(problem);
    problem.why.clear();
    keep(std::move(problem));
}

void Comparison::begin(TaskId id, ProblemState state) {
    const Task& task = state_.tasks[id];
    const bool is_explained = changes_.begun.size() < max_explained;
    begin({.id = task.id,
           .state = state,
           .family = *task.family,
           .name = scheduler::shown_name(task),
           .parameters = scheduler::telling_parameters(task),
           .why = is_explained ? scheduler::explain_alert(state_, id, now_) : "",
           .since = scheduler::alert_since(task),
           .root = state_.tasks[root_of(state_.tasks, id)].id});
}

void Comparison::update(const Problem& known) {
    if (known.state == ProblemState::worker_lost) return update_worker(known);
    if (known.state == ProblemState::unrunnable) return update_unrunnable(known);
    if (known.id == disk_id) return update_disk(known);
    if (const auto id = state_.tasks.find(known.id)) return update_task(known, *id);
    update_removed_task(known);
}

void Comparison::update_task(const Problem& known, TaskId id) {
    const Task& task = state_.tasks[id];
    if (task.status == rpc::Status::done) {
        changes_.recovered.push_back(known);
        return;
    }
    if (details(task).is_acknowledged) return;
    Problem problem = known;
    problem.root = state_.tasks[root_of(state_.tasks, id)].id;
    problem.is_removed = false;
    const auto state = state_of(task);
    if (is_forgiven(task, known) && task.status != rpc::Status::failed && task.status != rpc::Status::disabled) {
        problem.is_retried = true;
    } else if (state) {
        if (known.is_retried || is_forgiven(task, known) || *state != known.state) return begin(id, *state);
        problem.since = scheduler::alert_since(task);
    } else {
        problem.is_retried = known.state != ProblemState::late;
    }
    keep(std::move(problem));
}

/// The failure of a removed task is kept as that of a root that required it, until the root is done in a newer run.
void Comparison::update_removed_task(const Problem& known) {
    const auto& roots = state_.root_failures.all();
    const std::string& root = known.root.empty() ? known.id : known.root;
    auto found = roots.find(root);
    if (found == roots.end())
        found = std::ranges::find_if(roots, [&](const auto& other) { return other.second.since == known.since; });
    if (found == roots.end()) {
        if (const auto id = state_.tasks.find(root)) update_by_root(known, state_.tasks[*id]);
        return;
    }
    Problem problem = known;
    problem.root = found->first;
    problem.since = found->second.since;
    problem.is_retried = false;
    problem.is_removed = true;
    roots_told_.insert(problem.root);
    keep(std::move(problem));
}

void Comparison::update_by_root(const Problem& known, const Task& root) {
    if (root.status == rpc::Status::done) changes_.recovered.push_back(known);
    if (root.status == rpc::Status::done || details(root).is_acknowledged) return;
    const bool is_problem = state_of(root).has_value();
    Problem problem = known;
    problem.is_retried = known.is_retried || (!is_problem && known.state != ProblemState::late);
    if (is_problem && !problem.is_retried) roots_told_.insert(root.id);
    keep(std::move(problem));
}

/// It is recovered when something became of its tasks; it ends without a word when all of them were removed.
void Comparison::end_unless_removed(const Problem& known) {
    const bool is_removed =
        std::ranges::none_of(known.tasks, [&](const std::string& id) { return state_.tasks.find(id).has_value(); });
    if (!is_removed) changes_.recovered.push_back(known);
}

/// It is recovered when the worker is back, or its tasks have run since; it ends without a word when they were removed
/// or acknowledged.
void Comparison::update_worker(const Problem& known) {
    const std::string name = known.id.substr(worker_prefix.size());
    const bool is_back = state_.workers.find(name) != nullptr;
    bool is_waited_for = false, is_over = false;
    for (const std::string& task : known.tasks) {
        const auto id = state_.tasks.find(task);
        if (!id) continue;
        const scheduler::Details& task_details = details(state_.tasks[*id]);
        const bool is_lost = task_details.lost_worker && *task_details.lost_worker == name;
        is_waited_for = is_waited_for || (is_lost && !task_details.is_acknowledged);
        is_over = is_over || is_back || (!is_lost && !task_details.is_acknowledged);
    }
    if (is_waited_for && !is_back) return keep(known);
    if (is_over) changes_.recovered.push_back(known);
}

void Comparison::update_unrunnable(const Problem& known) {
    for (const auto& [key, queue] : state_.tasks.index().ready().all())
        if (*queue.family == known.family && unrunnable_reason(queue)) return keep(known);
    end_unless_removed(known);
}

/// It is over when there is a tenth more room than is wanted, so that it does not come and go.
void Comparison::update_disk(const Problem& known) {
    if (disk_ && disk_->free > filter_.min_free + filter_.min_free / 10)
        changes_.recovered.push_back(known);
    else
        keep(known);
}

void Comparison::add_tasks() {
    for (const auto& [key, tasks] : state_.tasks.index().alerted()) {
        if (!problem_of(key.alert_level, key.status) || !filter_.accepts_family(*key.family)) continue;
        std::size_t examined = 0;
        for (auto task = tasks.rbegin(); task != tasks.rend() && !is_full(); ++task) {
            if (++examined > max_open_problems) break;
            if (is_told(state_.tasks[task->second].id)) continue;
            if (const auto state = state_of(state_.tasks[task->second])) begin(task->second, *state);
        }
    }
}

void Comparison::add_root_failures() {
    for (const auto& [id, failure] : state_.root_failures.all()) {
        if (is_full()) return;
        if (!is_root_failure(failure) || is_told(id)) continue;
        begin({.id = id,
               .state = *problem_of(failure.alert_level, failure.status),
               .family = failure.family,
               .name = failure.name,
               .why = failure.why,
               .since = failure.since,
               .is_removed = true,
               .root = id});
    }
}

void Comparison::add_workers() {
    if (!filter_.accepts(ProblemState::worker_lost) || !filter_.families.empty()) return;
    for (const auto& [worker, lost] : find_lost_tasks(state_)) {
        const std::string id = fmt::format("{}{}", worker_prefix, worker);
        if (is_full() || changes_.open.contains(id) || state_.workers.find(worker)) continue;
        const Task& first = state_.tasks[lost.front()];
        Problem problem{
            .id = id,
            .state = ProblemState::worker_lost,
            .name = id,
            .why = fmt::format("was silent for more than {} s and was removed with {}; {} {}",
                               state_.config.worker_disconnect_delay.count(),
                               lost.size() == 1 ? "a running task" : fmt::format("{} running tasks", lost.size()),
                               scheduler::shown_name(first), scheduler::explain_alert(state_, lost.front(), now_)),
            .since = details(first).last_failure};
        for (const TaskId task : lost)
            if (problem.tasks.size() < max_tasks_of_problem) problem.tasks.push_back(state_.tasks[task].id);
        begin(std::move(problem));
    }
}

/// The reason of tasks that are ready but will not run without an operator. Those that have failed have an alert of
/// their own.
std::optional<scheduler::BlockReason> Comparison::unrunnable_reason(const scheduler::ReadyQueue& queue) const {
    auto reason = block_reason(state_, {queue.workers, queue.resources, queue.runnable, queue.family}, now_);
    if (!reason.needs_operator || are_alerted(state_.tasks, queue.tasks)) return std::nullopt;
    return reason;
}

void Comparison::add_unrunnable() {
    if (!filter_.accepts(ProblemState::unrunnable)) return;
    std::size_t examined = 0;
    for (const auto& [key, queue] : state_.tasks.index().ready().all()) {
        if (is_full() || ++examined > max_open_problems) return;
        const std::string id = fmt::format("{}{}", unrunnable_prefix, *queue.family);
        if (changes_.open.contains(id) || !filter_.accepts_family(*queue.family)) continue;
        const auto reason = unrunnable_reason(queue);
        if (!reason) continue;
        const Task& first = state_.tasks[queue.tasks.begin()->task];
        const std::string others = queue.tasks.size() > 1 ? fmt::format(", and {} more", queue.tasks.size() - 1) : "";
        begin({.id = id,
               .state = ProblemState::unrunnable,
               .family = *queue.family,
               .name = scheduler::shown_name(first) + others,
               .why = reason->text,
               .since = now_,
               .tasks = {first.id}});
    }
}

void Comparison::add_disk() {
    if (!filter_.accepts(ProblemState::disk_full) || !filter_.families.empty()) return;
    if (!disk_ || disk_->free >= filter_.min_free || changes_.open.contains(disk_id)) return;
    begin({.id = std::string(disk_id),
           .state = ProblemState::disk_full,
           .name = name_of(*disk_),
           .why = describe_shortage(*disk_),
           .since = now_});
}

}  // namespace

bool ProblemFilter::accepts(ProblemState state) const { return std::ranges::find(states, state) != states.end(); }

bool ProblemFilter::accepts_family(const std::string& family) const {
    return families.empty() || std::ranges::any_of(families, [&](const std::string& pattern) {
               return fnmatch(pattern.c_str(), family.c_str(), 0) == 0;
           });
}

ProblemChanges compare_problems(const Problems& open, const SchedulerState& state, const std::optional<Disk>& disk,
                                const ProblemFilter& filter, Time now) {
    Comparison comparison(state, disk, filter, now);
    for (const auto& [id, problem] : open) comparison.update(problem);
    comparison.add_tasks();
    comparison.add_root_failures();
    comparison.add_workers();
    comparison.add_unrunnable();
    comparison.add_disk();
    return comparison.finish();
}

}  // namespace freshet::notify

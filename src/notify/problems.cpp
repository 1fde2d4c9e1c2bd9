// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "notify/problems.hpp"

#include "freshet/error.hpp"
#include "freshet/text.hpp"
#include "scheduler/explanation.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <utility>

namespace freshet::notify {

namespace {

using scheduler::AlertLevel;
using scheduler::RootFailure;
using scheduler::SchedulerState;
using scheduler::Task;
using scheduler::TaskId;

constexpr std::array<std::string_view, 5> state_texts = {"failed", "disabled", "late", "worker_lost", "disk_full"};
constexpr std::string_view worker_prefix = "worker ";
constexpr std::string_view disk_id = "disk";

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

/// One comparison of open problems with the state.
class Comparison {
public:
    Comparison(const SchedulerState& state, const std::optional<Disk>& disk, const ProblemFilter& filter, Time now)
        : state_(state), disk_(disk), filter_(filter), now_(now) {}

    void update(const Problem& known);
    void add_tasks();
    void add_root_failures();
    void add_workers();
    void add_disk();
    ProblemChanges finish() { return std::move(changes_); }

private:
    std::optional<ProblemState> state_of(const Task& task) const;
    bool is_lost(const scheduler::Worker& worker) const;
    bool is_root_failure(const RootFailure& failure) const;
    void update_task(const Problem& known, const Task& task);
    void update_removed_task(const Problem& known);
    void update_worker(const Problem& known);
    void update_disk(const Problem& known);
    void keep(Problem problem);
    void begin(Problem problem);
    void begin(TaskId id, ProblemState state);
    bool is_full() const { return changes_.open.size() >= max_open_problems; }

    const SchedulerState& state_;
    const std::optional<Disk>& disk_;
    const ProblemFilter& filter_;
    const Time now_;
    ProblemChanges changes_;
};

std::optional<ProblemState> Comparison::state_of(const Task& task) const {
    const auto state = problem_of(scheduler::alert_level_of(task), task.status);
    if (!state || !filter_.accepts(*state)) return std::nullopt;
    if (*state == ProblemState::late && now_ < task.created + filter_.late_after) return std::nullopt;
    return state;
}

bool Comparison::is_lost(const scheduler::Worker& worker) const {
    return !worker.disabled && scheduler::is_silent(state_, worker, now_) &&
           !state_.tasks.index().running_of(worker.name).empty();
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
           .why = is_explained ? scheduler::explain(state_, id, now_) : "",
           .since = scheduler::alert_since(task)});
}

void Comparison::update(const Problem& known) {
    if (known.state == ProblemState::worker_lost) return update_worker(known);
    if (known.state == ProblemState::disk_full) return update_disk(known);
    if (const auto id = state_.tasks.find(known.id)) return update_task(known, state_.tasks[*id]);
    update_removed_task(known);
}

void Comparison::update_task(const Problem& known, const Task& task) {
    if (task.status == rpc::Status::done) {
        changes_.recovered.push_back(known);
        return;
    }
    if (details(task).is_acknowledged) return;
    Problem problem = known;
    const auto state = state_of(task);
    if (is_forgiven(task, known) && task.status != rpc::Status::failed && task.status != rpc::Status::disabled) {
        problem.is_retried = true;
    } else if (state) {
        if (known.is_retried || is_forgiven(task, known) || *state != known.state)
            return begin(*state_.tasks.find(known.id), *state);
        problem.since = scheduler::alert_since(task);
    } else {
        problem.is_retried = known.state != ProblemState::late;
    }
    keep(std::move(problem));
}

/// The failure of a removed task is kept as that of a root that required it.
void Comparison::update_removed_task(const Problem& known) {
    const auto& roots = state_.root_failures.all();
    auto found = roots.find(known.id);
    if (found == roots.end())
        found = std::ranges::find_if(roots, [&](const auto& root) { return root.second.since == known.since; });
    if (found == roots.end()) return;
    Problem problem = known;
    problem.id = found->first;
    problem.family = found->second.family;
    problem.name = found->second.name;
    problem.since = found->second.since;
    problem.is_retried = false;
    keep(std::move(problem));
}

void Comparison::update_worker(const Problem& known) {
    const auto* worker = state_.workers.find(known.id.substr(worker_prefix.size()));
    if (worker == nullptr || worker->is_disconnected) return;
    if (scheduler::is_silent(state_, *worker, now_))
        keep(known);
    else
        changes_.recovered.push_back(known);
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
            if (changes_.open.contains(state_.tasks[task->second].id)) continue;
            if (const auto state = state_of(state_.tasks[task->second])) begin(task->second, *state);
        }
    }
}

void Comparison::add_root_failures() {
    for (const auto& [id, failure] : state_.root_failures.all()) {
        if (is_full()) return;
        if (!is_root_failure(failure) || changes_.open.contains(id)) continue;
        begin({.id = id,
               .state = *problem_of(failure.alert_level, failure.status),
               .family = failure.family,
               .name = failure.name,
               .why = failure.why,
               .since = failure.since});
    }
}

void Comparison::add_workers() {
    if (!filter_.accepts(ProblemState::worker_lost) || !filter_.families.empty()) return;
    for (const auto& [name, worker] : state_.workers.all()) {
        if (is_full()) return;
        const std::string id = fmt::format("{}{}", worker_prefix, name);
        if (changes_.open.contains(id) || !is_lost(worker)) continue;
        begin({.id = id,
               .state = ProblemState::worker_lost,
               .name = id,
               .why = fmt::format("has been silent since {}, with {} running tasks",
                                  scheduler::format_time(worker.last_active),
                                  state_.tasks.index().running_of(worker.name).size()),
               .since = worker.last_active});
    }
}

void Comparison::add_disk() {
    if (!filter_.accepts(ProblemState::disk_full) || !filter_.families.empty()) return;
    if (!disk_ || disk_->free >= filter_.min_free || changes_.open.contains(disk_id)) return;
    begin({.id = std::string(disk_id),
           .state = ProblemState::disk_full,
           .name = fmt::format("the disk of {}", disk_->folder.string()),
           .why = fmt::format("has only {} free, and without room nothing can be recorded",
                              readable_bytes(static_cast<double>(disk_->free))),
           .since = now_});
}

}  // namespace

std::string_view text(ProblemState state) { return state_texts[static_cast<std::size_t>(state)]; }

std::optional<ProblemState> problem_state_from(std::string_view text) {
    const auto found = std::ranges::find(state_texts, text);
    if (found == state_texts.end()) return std::nullopt;
    return static_cast<ProblemState>(found - state_texts.begin());
}

std::vector<std::string> problem_state_names() { return {state_texts.begin(), state_texts.end()}; }

Json to_json(const Problem& problem) {
    return Json::Object{{"id", problem.id},
                        {"state", text(problem.state)},
                        {"family", problem.family},
                        {"name", problem.name},
                        {"why", problem.why},
                        {"since", problem.since.time_since_epoch().count()},
                        {"is_retried", problem.is_retried}};
}

Problem problem_from_json(const Json& json) {
    const auto state = problem_state_from(json.at("state").as_string());
    if (!state) throw Error(fmt::format("'{}' is not the state of a problem", json.at("state").as_string()));
    return {.id = json.at("id").as_string(),
            .state = *state,
            .family = json.at("family").as_string(),
            .name = json.at("name").as_string(),
            .why = json.at("why").as_string(),
            .since = Time(Time::duration(json.at("since").as_integer())),
            .is_retried = json.at("is_retried").as_bool()};
}

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
    comparison.add_disk();
    return comparison.finish();
}

}  // namespace freshet::notify

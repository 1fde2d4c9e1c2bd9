// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/dispatch.hpp"

#include "freshet/digest.hpp"
#include "scheduler/leases.hpp"
#include "scheduler/resources.hpp"
#include "scheduler/selection.hpp"
#include "scheduler/set_status.hpp"

#include <algorithm>
#include <set>

namespace freshet::scheduler {

namespace {

const std::string* value_of(const Task& task, const std::string& name) {
    const auto found =
        std::find_if(task.params.begin(), task.params.end(), [&](const auto& p) { return p.first == name; });
    return found == task.params.end() ? nullptr : &found->second;
}

bool has_all(const Task& task, const Batcher& batcher) {
    return std::all_of(batcher.parameters.begin(), batcher.parameters.end(),
                       [&](const std::string& name) { return value_of(task, name) != nullptr; });
}

bool differ_only_in_batched(const Task& a, const Task& b, const Batcher& batcher) {
    return std::all_of(a.params.begin(), a.params.end(), [&](const auto& parameter) {
        const auto& batched = batcher.parameters;
        if (std::find(batched.begin(), batched.end(), parameter.first) != batched.end()) return true;
        const std::string* other = value_of(b, parameter.first);
        return other && *other == parameter.second;
    });
}

bool is_own(const Task& task, const Worker& worker) {
    return std::find(task.workers->begin(), task.workers->end(), worker.name) != task.workers->end();
}

/// The tasks that the worker can run combined with `first`, by rank, `first` in front; it alone when there are none.
std::vector<TaskId> batch_of(const SchedulerState& state, const WorkerQuery& query, TaskId first) {
    const Worker& worker = query.worker;
    const Task& leader = state.tasks[first];
    const auto batcher = worker.batchers.find(*leader.family);
    if (batcher == worker.batchers.end() || batcher->second.parameters.empty() || !leader.batchable ||
        !has_all(leader, batcher->second))
        return {first};
    const bool own_only = is_trivial(state, query) || (!query.families.empty() && !query.accepts_family(leader.family));
    const std::size_t max_size = batcher->second.max_size
                                     ? static_cast<std::size_t>(std::max<std::int64_t>(*batcher->second.max_size, 0))
                                     : std::size_t(-1);
    std::vector<TaskId> batch{first};
    const RankedTasks& candidates = state.tasks.index().ready().batchable(leader.family, leader.resources);
    for (auto next = candidates.upper_bound({leader.priority, leader.sequence, first});
         next != candidates.end() && batch.size() < max_size; ++next) {
        const Task& task = state.tasks[next->task];
        if ((!own_only || is_own(task, worker)) && has_all(task, batcher->second) &&
            differ_only_in_batched(leader, task, batcher->second))
            batch.push_back(next->task);
    }
    return batch;
}

/// A task assigned to the worker that it does not list as current: the response was lost.
std::optional<TaskId> lost_task(const SchedulerState& state, const Worker& worker,
                                const std::vector<std::string>& current) {
    const std::set<std::string_view> known(current.begin(), current.end());
    for (const Rank& rank : state.tasks.index().running_of(worker.name))
        if (!known.contains(state.tasks[rank.task].id)) return rank.task;
    return std::nullopt;
}

/// Releases the members of batches whose combined task the worker never started, or lost.
void release_orphans(SchedulerState& state, const Worker& worker, Time now) {
    const TaskIndex& index = state.tasks.index();
    std::set<Symbol> running;
    for (const Rank& rank : index.running_of(worker.name)) running.insert(state.tasks[rank.task].batch);
    const auto& members = index.batch_running_of(worker.name);
    for (const TaskId member : std::vector<TaskId>(members.begin(), members.end()))
        if (!running.contains(state.tasks[member].batch))
            set_status(state, member, Status::pending,
                       {.now = now, .attempt_status = "LOST", .message = "its batch was not started"});
}

/// Persisted, so that a restart does not exceed the limit of the minute.
void consume_rates(SchedulerState& state, TaskId id, Time now) {
    if (state.rate_limiter.consume(*state.tasks[id].resources, now)) state.settings_changed = true;
}

rpc::Assignment assign(SchedulerState& state, const Worker& worker, TaskId id, const rpc::GetWork& request, Time now) {
    const bool again = state.tasks[id].status == Status::running;
    if (again) {  // the same attempt: a late request may come from a worker that runs it meanwhile
        state.tasks.change(id, [&](Task& task) { task.time_running = now; });
    } else {
        set_status(state, id, Status::running, {.now = now, .worker = request.worker});
        state.tasks.change(id, [&](Task& task) { task.resources_running = held_resources(state, task.resources); });
        consume_rates(state, id, now);
        start_attempt(state, id, worker.name, next_lease(state), now);
    }
    const Task& task = state.tasks[id];
    rpc::Assignment assignment{.task_id = task.id, .family = *task.family, .params = task.params};
    if (task.module) assignment.module = *task.module;
    if (!request.leases) return assignment;
    assignment.lease = rpc::Lease{task.lease, lease_expiry(state, now)};
    assignment.attempt = task.attempts;
    return assignment;
}

std::string batch_name(const SchedulerState& state, const std::vector<TaskId>& batch) {
    std::string ids;
    for (const TaskId id : batch) ids += (ids.empty() ? "" : "|") + state.tasks[id].id;
    return md5(ids);
}

std::vector<std::string> values(const SchedulerState& state, const std::vector<TaskId>& batch,
                                const std::string& parameter) {
    std::vector<std::string> texts;
    for (const TaskId id : batch)
        for (const auto& [name, text] : state.tasks[id].params)
            if (name == parameter) texts.push_back(text);
    return texts;
}

rpc::BatchAssignment assign_batch(SchedulerState& state, const Worker& worker, const std::vector<TaskId>& batch,
                                  const rpc::GetWork& request, Time now) {
    const Task& first = state.tasks[batch.front()];
    rpc::BatchAssignment assignment{
        .family = *first.family, .params = first.params, .batch_id = batch_name(state, batch)};
    if (first.module) assignment.module = *first.module;
    for (const std::string& name : worker.batchers.find(*first.family)->second.parameters)
        assignment.batched.emplace_back(name, values(state, batch, name));
    const rpc::LeaseToken lease = next_lease(state);
    if (request.leases) assignment.lease = rpc::Lease{lease, lease_expiry(state, now)};
    const Symbol batch_id = state.symbol(assignment.batch_id);
    consume_rates(state, batch.front(), now);
    for (const TaskId id : batch) {
        set_status(state, id, Status::batch_running, {.now = now, .worker = request.worker});
        state.tasks.change(id, [&](Task& task) {
            task.batch = batch_id;
            task.resources_running = held_resources(state, task.resources);
        });
        start_attempt(state, id, worker.name, lease, now);
        assignment.task_ids.push_back(state.tasks[id].id);
    }
    return assignment;
}

std::optional<TaskId> choose(SchedulerState& state, const WorkerQuery& query, const rpc::GetWork& request, Time now) {
    std::optional<TaskId> lost;
    if (request.current_tasks) {
        lost = lost_task(state, query.worker, *request.current_tasks);
        release_orphans(state, query.worker, now);
    }
    if (lost || state.paused || request.only_lost) return lost;
    return select(state, query, now);
}

/// RUNNING tasks that the worker could run, by rank.
std::vector<Rank> running_among(const TaskIndex& index, const Symbol& worker) {
    std::vector<Rank> ranks;
    for (const WorkerSet& worker_set : index.worker_sets_of(worker)) {
        const RankedTasks& running = index.running_among(worker_set);
        ranks.insert(ranks.end(), running.begin(), running.end());
    }
    std::sort(ranks.begin(), ranks.end());
    return ranks;
}

/// Returns true if any task that the worker registered is waiting or running.
bool has_unfinished_tasks(const SchedulerState& state, const Worker& worker) {
    const TaskIndex& index = state.tasks.index();
    const auto& worker_sets = index.worker_sets_of(worker.name);
    return std::any_of(worker_sets.begin(), worker_sets.end(), [&](const WorkerSet& worker_set) {
        const WorkerSetCounts& set_counts = index.worker_set_counts().at(worker_set);
        return set_counts.countable > 0 || set_counts.running > 0;
    });
}

Json family_names(const std::vector<std::string>& families) { return Json::Array(families.begin(), families.end()); }

Worker& record_request(SchedulerState& state, const rpc::GetWork& request, Time now) {
    Worker& worker =
        request.was_parked ? *state.workers.find(request.worker) : state.workers.record_heartbeat(request.worker, now);
    if (!worker.last_get_work || request.host.value_or("") != worker.host) state.workers.mark_dirty(worker);
    worker.last_get_work = now;
    worker.host = request.host.value_or("");
    if (request.assistant && !worker.disabled && !is_assistant(worker)) {
        set_info(worker, "assistant", true);
        state.workers.mark_dirty(worker);
    }
    if (Json families = family_names(request.families);
        !request.families.empty() && info_value(worker, "families") != families) {
        set_info(worker, "families", std::move(families));
        state.workers.mark_dirty(worker);
    }
    return worker;
}

}  // namespace

rpc::Work get_work(SchedulerState& state, const rpc::GetWork& request, Time now) {
    if (request.was_parked && !state.workers.find(request.worker)) return {};  // it has ended, or was dropped
    const Worker& worker = record_request(state, request, now);
    if (worker.disabled && !request.only_lost) return {.pending = {.active = false}};
    const WorkerQuery query = scheduler::worker_query(state, worker, request);
    const auto chosen = choose(state, query, request, now);
    rpc::Work work{.pending = count_pending(state, worker)};
    if (!chosen) return work;
    const bool again = state.tasks[*chosen].status == Status::running;
    const auto batch = again ? std::vector{*chosen} : batch_of(state, query, *chosen);
    if (batch.size() > 1)
        work.assignment = assign_batch(state, worker, batch, request, now);
    else
        work.assignment = assign(state, worker, *chosen, request, now);
    return work;
}

bool has_work_for(const SchedulerState& state, const rpc::GetWork& request, Time now) {
    const Worker* worker = state.workers.find(request.worker);
    if (!worker || worker->disabled || state.paused) return false;
    return select(state, worker_query(state, *worker, request), now).has_value();
}

bool should_stop_waiting(const SchedulerState& state, const rpc::GetWork& request) {
    const Worker* worker = state.workers.find(request.worker);
    if (!worker || worker->disabled) return true;
    const bool is_helper = request.assistant || !request.families.empty();
    return !is_helper && !has_unfinished_tasks(state, *worker);
}

rpc::Pending count_pending(const SchedulerState& state, const Worker& worker) {
    rpc::Pending counts{.active = !worker.disabled};
    const TaskIndex& index = state.tasks.index();
    for (const WorkerSet& worker_set : index.worker_sets_of(worker.name)) {
        const WorkerSetCounts& set_counts = index.worker_set_counts().at(worker_set);
        counts.n_pending_tasks += set_counts.countable;
        if (worker_set->size() == 1) counts.n_unique_pending += set_counts.countable;
        if (worker_set->back() == worker.name) counts.n_pending_last_scheduled += set_counts.countable;
    }
    for (const Rank& rank : running_among(index, worker.name)) {
        const Task& task = state.tasks[rank.task];
        const std::string runner = task.worker_running ? *task.worker_running : "";
        const Worker* other = state.workers.find(runner);
        counts.running_tasks.push_back({task.id, runner, other ? other->info : Json::Object{}});
    }
    return counts;
}

}  // namespace freshet::scheduler

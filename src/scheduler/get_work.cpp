// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/get_work.hpp"

#include "freshet/digest.hpp"
#include "scheduler/batching.hpp"
#include "scheduler/leases.hpp"
#include "scheduler/selection.hpp"
#include "scheduler/set_status.hpp"

#include <algorithm>
#include <set>

namespace freshet::scheduler {

namespace {

/// A task that the worker was given but does not know of: the answer was lost.
std::optional<TaskId> lost_task(const Board& board, const Worker& worker, const std::vector<std::string>& current) {
    const std::set<std::string_view> known(current.begin(), current.end());
    for (const Rank& rank : board.tasks.index().running_of(worker.name))
        if (!known.contains(board.tasks[rank.task].id)) return rank.task;
    return std::nullopt;
}

/// Members of a batch whose combined task the worker never started, or lost, go back to the others.
void release_orphans(Board& board, const Worker& worker, Time now) {
    const Index& index = board.tasks.index();
    std::set<Name> running;
    for (const Rank& rank : index.running_of(worker.name)) running.insert(board.tasks[rank.task].batch);
    const auto& members = index.batch_running_of(worker.name);
    for (const TaskId member : std::vector<TaskId>(members.begin(), members.end()))
        if (!running.contains(board.tasks[member].batch))
            set_status(board, member, Status::pending,
                       {.now = now, .attempt_status = "LOST", .message = "its batch was not started"});
}

/// They are remembered, so that a restart does not hand out what a minute has already had.
void spend_rates(Board& board, TaskId id, Time now) {
    if (board.rates.take(*board.tasks[id].resources, now)) board.settings_changed = true;
}

wire::Assignment hand_out(Board& board, const Worker& worker, TaskId id, const wire::GetWork& request, Time now) {
    const bool again = board.tasks[id].status == Status::running;
    if (again) {  // the same attempt: who asks may run it meanwhile, if the question is late
        board.tasks.change(id, [&](Task& task) { task.time_running = now; });
    } else {
        set_status(board, id, Status::running, {.now = now, .worker = request.worker});
        board.tasks.change(id, [&](Task& task) { task.resources_running = board.held(task.resources); });
        spend_rates(board, id, now);
        start_attempt(board, id, worker.name, next_lease(board), now);
    }
    const Task& task = board.tasks[id];
    wire::Assignment assignment{.task_id = task.id, .family = *task.family, .params = task.params};
    if (task.module) assignment.module = *task.module;
    if (!request.leases) return assignment;
    assignment.lease = wire::Lease{task.lease, lease_expiry(board, now)};
    assignment.attempt = task.attempts;
    return assignment;
}

std::string batch_name(const Board& board, const std::vector<TaskId>& batch) {
    std::string ids;
    for (const TaskId id : batch) ids += (ids.empty() ? "" : "|") + board.tasks[id].id;
    return md5(ids);
}

std::vector<std::string> values(const Board& board, const std::vector<TaskId>& batch, const std::string& parameter) {
    std::vector<std::string> texts;
    for (const TaskId id : batch)
        for (const auto& [name, text] : board.tasks[id].params)
            if (name == parameter) texts.push_back(text);
    return texts;
}

wire::BatchAssignment hand_out_batch(Board& board, const Worker& worker, const std::vector<TaskId>& batch,
                                     const wire::GetWork& request, Time now) {
    const Task& first = board.tasks[batch.front()];
    wire::BatchAssignment assignment{
        .family = *first.family, .params = first.params, .batch_id = batch_name(board, batch)};
    if (first.module) assignment.module = *first.module;
    for (const std::string& name : worker.batchers.find(*first.family)->second.parameters)
        assignment.batched.emplace_back(name, values(board, batch, name));
    const wire::LeaseToken lease = next_lease(board);
    if (request.leases) assignment.lease = wire::Lease{lease, lease_expiry(board, now)};
    const Name batch_id = board.name(assignment.batch_id);
    spend_rates(board, batch.front(), now);
    for (const TaskId id : batch) {
        set_status(board, id, Status::batch_running, {.now = now, .worker = request.worker});
        board.tasks.change(id, [&](Task& task) {
            task.batch = batch_id;
            task.resources_running = board.held(task.resources);
        });
        start_attempt(board, id, worker.name, lease, now);
        assignment.task_ids.push_back(board.tasks[id].id);
    }
    return assignment;
}

std::optional<TaskId> choose(Board& board, const Seeker& seeker, const wire::GetWork& request, Time now) {
    std::optional<TaskId> lost;
    if (request.current_tasks) {
        lost = lost_task(board, seeker.worker, *request.current_tasks);
        release_orphans(board, seeker.worker, now);
    }
    if (lost || board.paused || request.only_lost) return lost;
    return select(board, seeker, now);
}

/// RUNNING tasks that the worker could have run, by rank.
std::vector<Rank> running_among(const Index& index, const Name& worker) {
    std::vector<Rank> ranks;
    for (const Crew& crew : index.crews_of(worker)) {
        const Ranks& running = index.running_among(crew);
        ranks.insert(ranks.end(), running.begin(), running.end());
    }
    std::sort(ranks.begin(), ranks.end());
    return ranks;
}

/// Whether anything that the worker registered waits or runs.
bool has_something_left(const Board& board, const Worker& worker) {
    const Index& index = board.tasks.index();
    const auto& crews = index.crews_of(worker.name);
    return std::any_of(crews.begin(), crews.end(), [&](const Crew& crew) {
        const Tally& tally = index.tallies().at(crew);
        return tally.countable > 0 || tally.running > 0;
    });
}

Json named(const std::vector<std::string>& families) { return Json::Array(families.begin(), families.end()); }

Worker& note_question(Board& board, const wire::GetWork& request, Time now) {
    Worker& worker = board.workers.touch(request.worker, now);
    if (!worker.last_get_work || request.host.value_or("") != worker.host) board.workers.mark(worker);
    worker.last_get_work = now;
    worker.host = request.host.value_or("");
    if (request.assistant && !worker.disabled && !is_assistant(worker)) {
        set_fact(worker, "assistant", true);
        board.workers.mark(worker);
    }
    if (Json families = named(request.families); !request.families.empty() && fact(worker, "families") != families) {
        set_fact(worker, "families", std::move(families));
        board.workers.mark(worker);
    }
    return worker;
}

}  // namespace

wire::Work get_work(Board& board, const wire::GetWork& request, Time now) {
    const Worker& worker = note_question(board, request, now);
    if (worker.disabled && !request.only_lost) return {.pending = {.active = false}};
    const Seeker seeker = scheduler::seeker(board, worker, request);
    const auto chosen = choose(board, seeker, request, now);
    wire::Work work{.pending = count_pending(board, worker)};
    if (!chosen) return work;
    const bool again = board.tasks[*chosen].status == Status::running;
    const auto batch = again ? std::vector{*chosen} : batch_of(board, seeker, *chosen);
    if (batch.size() > 1)
        work.assignment = hand_out_batch(board, worker, batch, request, now);
    else
        work.assignment = hand_out(board, worker, *chosen, request, now);
    return work;
}

bool has_work_for(const Board& board, const wire::GetWork& request, Time now) {
    const Worker* worker = board.workers.find(request.worker);
    if (!worker || worker->disabled || board.paused) return false;
    return select(board, seeker(board, *worker, request), now).has_value();
}

bool has_news_for(const Board& board, const wire::GetWork& request) {
    const Worker* worker = board.workers.find(request.worker);
    if (!worker || worker->disabled) return true;
    const bool is_helper = request.assistant || !request.families.empty();
    return !is_helper && !has_something_left(board, *worker);
}

wire::Pending count_pending(const Board& board, const Worker& worker) {
    wire::Pending counts{.active = !worker.disabled};
    const Index& index = board.tasks.index();
    for (const Crew& crew : index.crews_of(worker.name)) {
        const Tally& tally = index.tallies().at(crew);
        counts.n_pending_tasks += tally.countable;
        if (crew->size() == 1) counts.n_unique_pending += tally.countable;
        if (crew->back() == worker.name) counts.n_pending_last_scheduled += tally.countable;
    }
    for (const Rank& rank : running_among(index, worker.name)) {
        const Task& task = board.tasks[rank.task];
        const std::string runner = task.runner ? *task.runner : "";
        const Worker* other = board.workers.find(runner);
        counts.running_tasks.push_back({task.id, runner, other ? other->info : Json::Object{}});
    }
    return counts;
}

}  // namespace freshet::scheduler

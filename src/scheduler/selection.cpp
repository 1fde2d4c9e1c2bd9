// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/selection.hpp"

#include "scheduler/resources.hpp"

#include <algorithm>
#include <queue>

namespace freshet::scheduler {

namespace {

/// Position in a ready queue.
struct Cursor {
    const ReadyQueue* queue;
    RankedTasks::const_iterator next;

    /// For std::priority_queue, whose top is the greatest: the first in rank.
    friend bool operator<(const Cursor& a, const Cursor& b) { return *b.next < *a.next; }
};

bool can_take(const WorkerQuery& query, const ReadyQueue& queue) {
    const auto& own = *queue.workers;
    if (query.excludes(queue.family)) return false;
    return (queue.runnable && query.takes_any_task) || query.lists_family(queue.family) ||
           std::find(own.begin(), own.end(), query.worker.name) != own.end();
}

/// Returns true if any ready task fits: a cheap check before the selection, whose cost grows with the workers.
bool could_run_any(const SchedulerState& state, const WorkerQuery& query, Time now) {
    const auto& queues = state.tasks.index().ready().all();
    return std::any_of(queues.begin(), queues.end(), [&](const auto& entry) {
        return can_take(query, entry.second) && fits(state, *entry.second.resources, state.tasks.index().used(), now);
    });
}

/// Walks running and ready tasks by rank, as if all workers chose greedily. A queue is dropped when its head can
/// neither be dispatched nor reserved for, since resources and slots only shrink. So each step consumes a queue, a slot
/// or a running task, whatever the number of tasks.
class GreedySelection {
public:
    GreedySelection(const SchedulerState& state, const WorkerQuery& query, Time now)
        : state_(state), query_(query), now_(now), slots_(active_slots(state, now)) {
        for (const auto& [key, queue] : state.tasks.index().ready().all()) heads_.push({&queue, queue.tasks.begin()});
    }

    std::optional<TaskId> run() {
        const RankedTasks& running = state_.tasks.index().running();
        auto next_running = running.begin();
        while (!heads_.empty()) {
            Cursor head = heads_.top();
            if (next_running != running.end() && *next_running < *head.next) {
                count_running(state_.tasks[(next_running++)->task]);
                continue;
            }
            heads_.pop();
            if (!fits(state_, *head.queue->resources, greedy_, now_)) continue;
            if (can_take(query_, *head.queue) &&
                fits(state_, *head.queue->resources, state_.tasks.index().used(), now_))
                return head.next->task;
            if (reserve(*head.queue) && ++head.next != head.queue->tasks.end()) heads_.push(head);
        }
        return std::nullopt;
    }

private:
    void count_running(const Task& running) {
        const auto slots = running.worker_running ? slots_.find(running.worker_running) : slots_.end();
        if (slots == slots_.end()) return;
        --slots->second;
        add_greedy(running.resources_running ? *running.resources_running : *running.resources);
    }

    bool reserve(const ReadyQueue& queue) {
        for (const Symbol& worker : *queue.workers)
            if (take_slot(worker, queue)) return true;
        return query_.accepts_family(queue.family) && take_slot(query_.worker.name, queue);
    }

    bool take_slot(const Symbol& worker, const ReadyQueue& queue) {
        const auto slots = slots_.find(worker);
        if (slots == slots_.end() || slots->second <= 0) return false;
        --slots->second;
        add_greedy(*queue.resources);
        return true;
    }

    void add_greedy(const rpc::Resources& resources) {
        for (const auto& [name, amount] : resources) greedy_[name] += amount;
    }

    const SchedulerState& state_;
    const WorkerQuery& query_;
    Time now_;
    std::map<Symbol, std::int64_t> slots_;
    rpc::Resources greedy_;
    std::priority_queue<Cursor> heads_;
};

std::optional<TaskId> first_own_task(const SchedulerState& state, const WorkerQuery& query) {
    const TaskIndex& index = state.tasks.index();
    const Rank* best = nullptr;
    const auto consider = [&](const ReadyQueue& queue) {
        if (query.excludes(queue.family)) return;
        if (!best || *queue.tasks.begin() < *best) best = &*queue.tasks.begin();
    };
    for (const WorkerSet& worker_set : index.worker_sets_of(query.worker.name))
        index.ready().each_of(worker_set, state.no_resources, consider);
    return best ? std::optional(best->task) : std::nullopt;
}

}  // namespace

bool WorkerQuery::accepts_family(const Symbol& family) const { return takes_any_task || lists_family(family); }

bool WorkerQuery::lists_family(const Symbol& family) const {
    return std::find(families.begin(), families.end(), family) != families.end();
}

bool WorkerQuery::excludes(const Symbol& family) const {
    return std::find(excluded.begin(), excluded.end(), family) != excluded.end();
}

WorkerQuery worker_query(const SchedulerState& state, const Worker& worker, const rpc::GetWork& request) {
    WorkerQuery query{.worker = worker, .takes_any_task = request.assistant};
    for (const std::string& family : request.families)  // the null of an unknown one matches no task
        query.families.push_back(state.tasks.symbols().find(family));
    for (const std::string& family : request.except_families)
        query.excluded.push_back(state.tasks.symbols().find(family));
    return query;
}

bool is_trivial(const SchedulerState& state, const WorkerQuery& query) {
    if (is_assistant(query.worker) || !query.families.empty()) return false;
    const TaskIndex& index = state.tasks.index();
    const auto& worker_sets = index.worker_sets_of(query.worker.name);
    return std::all_of(worker_sets.begin(), worker_sets.end(), [&](const WorkerSet& worker_set) {
        return index.worker_set_counts().at(worker_set).with_resources == 0;
    });
}

bool fits(const SchedulerState& state, const rpc::Resources& requested, const rpc::Resources& used, Time now) {
    return std::all_of(requested.begin(), requested.end(), [&](const auto& need) {
        return need.second + used_amount(state, used, need.first, now) <= limit_of(state.limits, need.first);
    });
}

std::map<Symbol, std::int64_t> active_slots(const SchedulerState& state, Time now) {
    std::map<Symbol, std::int64_t> free;
    for (const auto& [name, worker] : state.workers.all())
        if (worker.last_get_work && saturating_add(*worker.last_get_work, state.config.worker_disconnect_delay) > now)
            free.emplace(worker.name, slots(worker));
    return free;
}

std::optional<TaskId> select(const SchedulerState& state, const WorkerQuery& query, Time now) {
    if (is_trivial(state, query)) return first_own_task(state, query);
    return could_run_any(state, query, now) ? GreedySelection(state, query, now).run() : std::nullopt;
}

}  // namespace freshet::scheduler

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/selection.hpp"

#include <algorithm>
#include <queue>

namespace freshet::scheduler {

namespace {

/// A queue and how far the walk has come in it.
struct Cursor {
    const ReadyQueue* queue;
    Ranks::const_iterator next;

    /// For std::priority_queue, whose top is the greatest: the first in rank.
    friend bool operator<(const Cursor& a, const Cursor& b) { return *b.next < *a.next; }
};

/// Walks through running and ready tasks by rank, as if all workers chose greedily. Of a queue whose head could
/// neither be handed out nor reserved for, the rest could not either: resources and slots only become fewer on the
/// way. So each step spends a queue, a slot or a running task, whatever the number of tasks.
class Walk {
public:
    Walk(const Board& board, const Worker& worker, bool assistant, Time now)
        : board_(board), worker_(worker), assistant_(assistant), slots_(active_slots(board, now)) {
        for (const auto& [key, queue] : board.tasks.index().ready().all()) heads_.push({&queue, queue.tasks.begin()});
    }

    std::optional<TaskId> run() {
        const Ranks& running = board_.tasks.index().running();
        auto next_running = running.begin();
        while (!heads_.empty()) {
            Cursor head = heads_.top();
            if (next_running != running.end() && *next_running < *head.next) {
                pass(board_.tasks[(next_running++)->task]);
                continue;
            }
            heads_.pop();
            if (!fits(board_, *head.queue->resources, greedy_)) continue;
            if (is_for_worker(*head.queue) && fits(board_, *head.queue->resources, board_.tasks.index().used()))
                return head.next->task;
            if (reserve(*head.queue) && ++head.next != head.queue->tasks.end()) heads_.push(head);
        }
        return std::nullopt;
    }

private:
    void pass(const Task& running) {
        const auto slots = running.runner ? slots_.find(running.runner) : slots_.end();
        if (slots == slots_.end()) return;
        --slots->second;
        take(running.resources_running ? *running.resources_running : *running.resources);
    }

    bool is_for_worker(const ReadyQueue& queue) const {
        return (assistant_ && queue.runnable) ||
               std::find(queue.workers->begin(), queue.workers->end(), worker_.name) != queue.workers->end();
    }

    bool reserve(const ReadyQueue& queue) {
        for (const Name& worker : *queue.workers)
            if (take_slot(worker, queue)) return true;
        return assistant_ && take_slot(worker_.name, queue);
    }

    bool take_slot(const Name& worker, const ReadyQueue& queue) {
        const auto slots = slots_.find(worker);
        if (slots == slots_.end() || slots->second <= 0) return false;
        --slots->second;
        take(*queue.resources);
        return true;
    }

    void take(const wire::Resources& resources) {
        for (const auto& [name, amount] : resources) greedy_[name] += amount;
    }

    const Board& board_;
    const Worker& worker_;
    bool assistant_;
    std::map<Name, std::int64_t> slots_;
    wire::Resources greedy_;
    std::priority_queue<Cursor> heads_;
};

std::optional<TaskId> first_of_own(const Board& board, const Worker& worker) {
    const Index& index = board.tasks.index();
    const Rank* best = nullptr;
    const auto look = [&](const ReadyQueue* queue) {
        if (queue && (!best || *queue->tasks.begin() < *best)) best = &*queue->tasks.begin();
    };
    for (const Crew& crew : index.crews_of(worker.name))
        for (const bool runnable : {false, true}) look(index.ready().find(crew, board.no_resources, runnable));
    return best ? std::optional(best->task) : std::nullopt;
}

}  // namespace

bool is_trivial(const Board& board, const Worker& worker) {
    if (is_assistant(worker)) return false;
    const Index& index = board.tasks.index();
    const auto& crews = index.crews_of(worker.name);
    return std::all_of(crews.begin(), crews.end(),
                       [&](const Crew& crew) { return index.tallies().at(crew).with_resources == 0; });
}

bool fits(const Board& board, const wire::Resources& demand, const wire::Resources& used) {
    return std::all_of(demand.begin(), demand.end(), [&](const auto& need) {
        const auto limit = board.limits.find(need.first);
        const auto taken = used.find(need.first);
        return need.second + (taken == used.end() ? 0 : taken->second) <=
               (limit == board.limits.end() ? 1 : limit->second);
    });
}

std::map<Name, std::int64_t> active_slots(const Board& board, Time now) {
    std::map<Name, std::int64_t> free;
    for (const auto& [name, worker] : board.workers.all())
        if (worker.last_get_work && later(*worker.last_get_work, board.config.worker_disconnect_delay) > now)
            free.emplace(worker.name, slots(worker));
    return free;
}

std::optional<TaskId> select(const Board& board, const Worker& worker, bool assistant, Time now) {
    if (is_trivial(board, worker)) return first_of_own(board, worker);
    return Walk(board, worker, assistant, now).run();
}

}  // namespace freshet::scheduler

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/selection.hpp"

#include "scheduler/shortage.hpp"

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

bool is_for(const Seeker& seeker, const ReadyQueue& queue) {
    const auto& own = *queue.workers;
    return (queue.runnable && seeker.all) || seeker.names(queue.family) ||
           std::find(own.begin(), own.end(), seeker.worker.name) != own.end();
}

/// Whether it is worth while to look closer, which costs more the more workers there are.
bool could_run_any(const Board& board, const Seeker& seeker, Time now) {
    const auto& queues = board.tasks.index().ready().all();
    return std::any_of(queues.begin(), queues.end(), [&](const auto& entry) {
        return is_for(seeker, entry.second) && fits(board, *entry.second.resources, board.tasks.index().used(), now);
    });
}

/// Walks through running and ready tasks by rank, as if all workers chose greedily. Of a queue whose head could
/// neither be handed out nor reserved for, the rest could not either: resources and slots only become fewer on the
/// way. So each step spends a queue, a slot or a running task, whatever the number of tasks.
class Walk {
public:
    Walk(const Board& board, const Seeker& seeker, Time now)
        : board_(board), seeker_(seeker), now_(now), slots_(active_slots(board, now)) {
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
            if (!fits(board_, *head.queue->resources, greedy_, now_)) continue;
            if (is_for(seeker_, *head.queue) && fits(board_, *head.queue->resources, board_.tasks.index().used(), now_))
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

    bool reserve(const ReadyQueue& queue) {
        for (const Name& worker : *queue.workers)
            if (take_slot(worker, queue)) return true;
        return seeker_.serves(queue.family) && take_slot(seeker_.worker.name, queue);
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
    const Seeker& seeker_;
    Time now_;
    std::map<Name, std::int64_t> slots_;
    wire::Resources greedy_;
    std::priority_queue<Cursor> heads_;
};

std::optional<TaskId> first_of_own(const Board& board, const Worker& worker) {
    const Index& index = board.tasks.index();
    const Rank* best = nullptr;
    const auto look = [&](const ReadyQueue& queue) {
        if (!best || *queue.tasks.begin() < *best) best = &*queue.tasks.begin();
    };
    for (const Crew& crew : index.crews_of(worker.name)) index.ready().each_of(crew, board.no_resources, look);
    return best ? std::optional(best->task) : std::nullopt;
}

}  // namespace

bool Seeker::serves(const Name& family) const { return all || names(family); }

bool Seeker::names(const Name& family) const {
    return std::find(families.begin(), families.end(), family) != families.end();
}

Seeker seeker(const Board& board, const Worker& worker, const wire::GetWork& request) {
    Seeker seeker{.worker = worker, .all = request.assistant};
    for (const std::string& family : request.families)  // of an unknown one, its null matches no task
        seeker.families.push_back(board.tasks.names().find(family));
    return seeker;
}

bool is_trivial(const Board& board, const Seeker& seeker) {
    if (is_assistant(seeker.worker) || !seeker.families.empty()) return false;
    const Index& index = board.tasks.index();
    const auto& crews = index.crews_of(seeker.worker.name);
    return std::all_of(crews.begin(), crews.end(),
                       [&](const Crew& crew) { return index.tallies().at(crew).with_resources == 0; });
}

bool fits(const Board& board, const wire::Resources& demand, const wire::Resources& used, Time now) {
    return std::all_of(demand.begin(), demand.end(), [&](const auto& need) {
        return need.second + taken_of(board, used, need.first, now) <= limit_of(board, need.first);
    });
}

std::map<Name, std::int64_t> active_slots(const Board& board, Time now) {
    std::map<Name, std::int64_t> free;
    for (const auto& [name, worker] : board.workers.all())
        if (worker.last_get_work && later(*worker.last_get_work, board.config.worker_disconnect_delay) > now)
            free.emplace(worker.name, slots(worker));
    return free;
}

std::optional<TaskId> select(const Board& board, const Seeker& seeker, Time now) {
    if (is_trivial(board, seeker)) return first_of_own(board, seeker.worker);
    return could_run_any(board, seeker, now) ? Walk(board, seeker, now).run() : std::nullopt;
}

}  // namespace freshet::scheduler

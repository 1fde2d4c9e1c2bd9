// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/page/bounds.hpp"

#include <map>
#include <tuple>
#include <unordered_set>

namespace freshet::scheduler::page {

namespace {

/// Tasks that one line speaks for, and the one of them that changed last.
struct Alike {
    TaskId newest{};
    std::size_t tasks = 0;
};

/// Family, whether it only waits, whether it is tried again, whether it could not be planned.
using Kind = std::tuple<Name, bool, bool, bool>;

bool is_tried_again(const Task& task) { return task.wake != never; }

void add(const TaskTable& tasks, std::map<Kind, Alike>& kinds, TaskId id) {
    const Task& task = tasks[id];
    Alike& alike = kinds[{task.family, only_waits(task), is_tried_again(task), task.status == Status::unknown}];
    if (alike.tasks++ == 0 || tasks[alike.newest].updated < task.updated) alike.newest = id;
}

/// What somebody merely requires is nobody's mistake.
bool is_stuck(const Task& task) { return task.status != Status::unknown || details(task).unplanned; }

}  // namespace

Count held_up_by(const TaskTable& tasks, TaskId root) {
    std::vector<TaskId> found{root};
    std::unordered_set<TaskId> seen{root};
    std::size_t looked_at = 0;
    for (std::size_t i = 0; i < found.size(); ++i)
        for (const TaskId dependant : tasks[found[i]].dependants) {
            if (++looked_at > most_dependants) return {found.size() - 1, false};
            if (tasks[dependant].status == Status::done || !seen.insert(dependant).second) continue;
            if (found.size() > most_held_up) return {most_held_up, false};
            found.push_back(dependant);
        }
    return {found.size() - 1, true};
}

Stuck stuck_line(const Board& board, TaskId id, std::size_t alike, Time now) {
    const Task& task = board.tasks[id];
    return {.task = ref_of(task),
            .why = explain(board, id, now),
            .since = task.updated,
            .is_tried_again = is_tried_again(task),
            .alike = alike,
            .holds_up = held_up_by(board.tasks, id)};
}

void take_stuck(const Board& board, Snapshot& snapshot) {
    std::map<Kind, Alike> kinds;
    for (const Status status : {Status::disabled, Status::failed, Status::unknown}) {
        std::size_t looked_at = 0, passed_over = 0;
        for (const TaskId id : board.tasks.index().with(status)) {
            const bool counts = is_stuck(board.tasks[id]);
            snapshot.all_stuck_seen =
                snapshot.all_stuck_seen && looked_at < most_scanned && passed_over < most_passed_over;
            if (looked_at == most_scanned || passed_over == most_passed_over) break;
            ++(counts ? looked_at : passed_over);
            if (counts) add(board.tasks, kinds, id);
        }
    }
    std::vector<std::pair<Kind, Alike>> newest(kinds.begin(), kinds.end());
    std::ranges::sort(newest, [&](const auto& a, const auto& b) {
        const Task& one = board.tasks[a.second.newest];
        const Task& other = board.tasks[b.second.newest];
        return std::tuple(is_tried_again(one), other.updated, other.sequence) <
               std::tuple(is_tried_again(other), one.updated, one.sequence);
    });
    for (const auto& [kind, alike] : newest) {
        auto& list = std::get<1>(kind) ? snapshot.late : snapshot.failed;
        ++list.total;
        if (list.items.size() < most_stuck)
            list.items.push_back(stuck_line(board, alike.newest, alike.tasks - 1, snapshot.taken));
    }
}

}  // namespace freshet::scheduler::page

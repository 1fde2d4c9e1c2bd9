// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/page/bounds.hpp"

#include <functional>

namespace freshet::scheduler::page {

namespace {

constexpr std::size_t most_running_counted = 10;  // it is done for each page, and may look at many tasks
constexpr std::size_t most_holders = 3;

void add(const Board& board, const TaskRef& task, std::vector<Holder>& holders) {
    if (const auto id = board.tasks.find(task.id)) holders.push_back({task, held_up_by(board.tasks, *id)});
}

}  // namespace

void take_holders(const Board& board, Snapshot& snapshot) {
    std::vector<Holder> holders;
    for (const auto* list : {&snapshot.failed, &snapshot.late})
        for (const Stuck& stuck : list->items) holders.push_back({stuck.task, stuck.holds_up});
    for (std::size_t i = 0; i < snapshot.running.items.size() && i < most_running_counted; ++i)
        add(board, snapshot.running.items[i].task, holders);
    for (const Queue& queue : snapshot.queues) add(board, queue.next, holders);
    std::erase_if(holders, [](const Holder& holder) { return holder.holds_up.number == 0; });
    std::ranges::stable_sort(holders, std::greater(), [](const Holder& holder) { return holder.holds_up.number; });
    if (holders.size() > most_holders) holders.resize(most_holders);
    snapshot.holders = std::move(holders);
}

}  // namespace freshet::scheduler::page

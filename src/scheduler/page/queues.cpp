// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/hold_up.hpp"
#include "scheduler/page/bounds.hpp"

#include <functional>
#include <map>
#include <string>

namespace freshet::scheduler::page {

namespace {

/// The tasks that wait for one reason, and the first of them in rank.
struct Held {
    HoldUp why;
    std::size_t tasks = 0;
    Rank next;
};

void add(Held& held, HoldUp why, const Ranks& tasks) {
    if (held.tasks == 0 || *tasks.begin() < held.next) held.next = *tasks.begin();
    held.tasks += tasks.size();
    held.why = std::move(why);
}

using Reason = std::pair<std::string, Name>;  ///< the family where it is to have a line of its own

std::map<Reason, Held> by_reason(const Board& board, Time now) {
    std::map<Reason, Held> lines;
    std::size_t looked_at = 0;
    for (const auto& [key, queue] : board.tasks.index().ready().all()) {
        if (++looked_at > most_scanned) break;
        HoldUp why = hold_up(board, {queue.workers, queue.resources, queue.runnable, queue.family}, now);
        Held& line = lines[{why.words, why.is_made_elsewhere ? queue.family : Name()}];
        add(line, std::move(why), queue.tasks);
    }
    return lines;
}

void add_late(const Board& board, const Held& held, Snapshot& snapshot) {
    ++snapshot.late.total;
    if (snapshot.late.items.size() < most_stuck)
        snapshot.late.items.push_back(stuck_line(board, held.next.task, held.tasks - 1, snapshot.taken));
}

}  // namespace

void take_queues(const Board& board, Snapshot& snapshot) {
    for (const auto& [reason, held] : by_reason(board, snapshot.taken))
        if (held.why.is_made_elsewhere)
            add_late(board, held, snapshot);
        else
            snapshot.queues.push_back(
                {held.why.words, held.why.takes_an_operator, ref_of(board.tasks[held.next.task]), held.tasks});
    std::ranges::stable_sort(snapshot.queues, std::greater(), &Queue::tasks);
    if (snapshot.queues.size() > most_queues) snapshot.queues.resize(most_queues);
    snapshot.ready = board.tasks.index().ready().size();
}

}  // namespace freshet::scheduler::page

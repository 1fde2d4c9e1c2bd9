// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/page/troubles.hpp"

#include "base/text.hpp"
#include "scheduler/page/bounds.hpp"

#include <fmt/format.h>

namespace freshet::scheduler::page {

namespace {

constexpr std::chrono::minutes late_delivery{10};  // a sink that is only slow has caught up by then
constexpr std::size_t most_named = 3;

std::string held_up(const Count& count) {
    if (count.number == 0) return "";
    return fmt::format(" · {}{} for it", count.is_complete ? "" : "at least ",
                       counted(count.number, "task waits", "tasks wait"));
}

Html more_about(const Stuck& stuck, Time now, std::string_view alike) {
    std::string rest = held_up(stuck.holds_up);
    if (stuck.alike > 0)
        rest += fmt::format(" · {} {}", counted(stuck.alike, "more of its family", "more of its family"), alike);
    return Html::of("since ", when(stuck.since, now), rest);
}

Trouble trouble_of(const Stuck& stuck, Time now) {
    const bool is_disabled = stuck.task.status == Status::disabled;  // its pause is long: somebody ought to look
    Html more = more_about(stuck, now, "stand like it");
    if (is_disabled) more.append(Html(" · a POST to api/re_enable_task ends its pause"));
    return {.mood = stuck.is_tried_again && !is_disabled ? Mood::waiting : Mood::bad,
            .word = std::string(wire::text(stuck.task.status)),
            .sentence = Html::of(link_to(stuck.task, "task/"), " ", stuck.why),
            .more = std::move(more)};
}

void add_refusals(const Snapshot& snapshot, const Surroundings& around, std::vector<Trouble>& troubles) {
    const Refusals& refusals = around.refusals;
    if (!refusals.go_on_at(snapshot.taken)) return;
    troubles.push_back(
        {.word = "REFUSED",
         .sentence = Html("nothing new is accepted: " + refusals.why),
         .more = Html::of(counted(refusals.count, "request was", "requests were"),
                          " told to come back since the start, the last ", when(refusals.last, snapshot.taken))});
}

/// Those that run something: one that has ended, or has nothing to do, is silent as well.
void add_workers(const Snapshot& snapshot, std::vector<Trouble>& troubles) {
    std::size_t named = 0;
    for (const WorkerLine& worker : snapshot.workers.items) {
        if (!worker.is_silent || worker.running == 0 || worker.is_disabled || named++ == most_named) continue;
        troubles.push_back(
            {.mood = Mood::waiting,
             .word = "SILENT",
             .sentence = Html::of("worker ", tag("code", worker.name), " has said nothing for ",
                                  rough(snapshot.taken - worker.last_active), "; after ", rough(snapshot.patience),
                                  " it is given up, and what it runs counts as lost"),
             .more = Html::of("last heard of ", when(worker.last_active, snapshot.taken))});
    }
}

void add_queues(const Snapshot& snapshot, std::vector<Trouble>& troubles) {
    for (const Queue& queue : snapshot.queues) {
        if (!queue.takes_an_operator) continue;
        Html others = queue.tasks > 1 ? Html("and " + counted(queue.tasks - 1, "more task", "more tasks")) : Html();
        troubles.push_back({.word = "STUCK",
                            .sentence = Html::of(link_to(queue.next, "task/"), " ", queue.why),
                            .more = std::move(others)});
    }
}

void add_deliveries(const Snapshot& snapshot, const Surroundings& around, std::vector<Trouble>& troubles) {
    for (const store::Backlog& backlog : around.backlogs) {
        if (backlog.pending == 0) continue;
        const bool is_late = snapshot.taken - backlog.oldest_stored > late_delivery;
        if (!is_late && backlog.last_error.empty()) continue;
        const std::string why = backlog.last_error.empty() ? "" : ": " + shortened(backlog.last_error, longest_text);
        troubles.push_back(
            {.mood = is_late ? Mood::bad : Mood::waiting,
             .word = "UNDELIVERED",
             .sentence = Html::of(counted(static_cast<std::size_t>(backlog.pending), "event waits", "events wait"),
                                  " for sink ", tag("code", backlog.sink), why),
             .more = Html::of("the oldest since ", when(backlog.oldest_stored, snapshot.taken))});
    }
}

}  // namespace

std::vector<Trouble> troubles_in(const Snapshot& snapshot, const Surroundings& around) {
    std::vector<Trouble> troubles;
    if (snapshot.is_paused)
        troubles.push_back(
            {.word = "PAUSED",
             .sentence = "the scheduler is paused: it hands out nothing until an operator lets it go on"});
    add_refusals(snapshot, around, troubles);
    for (const Stuck& stuck : snapshot.failed.items) troubles.push_back(trouble_of(stuck, snapshot.taken));
    add_queues(snapshot, troubles);
    add_deliveries(snapshot, around, troubles);
    add_workers(snapshot, troubles);
    std::ranges::stable_sort(troubles, std::greater(), [](const Trouble& t) { return t.mood == Mood::bad; });
    return troubles;
}

std::vector<Trouble> delays_in(const Snapshot& snapshot) {
    std::vector<Trouble> delays;
    for (const Stuck& stuck : snapshot.late.items)
        delays.push_back({.mood = Mood::waiting,
                          .word = "NOT YET",
                          .sentence = Html::of(link_to(stuck.task, "task/"), " ", stuck.why),
                          .more = more_about(stuck, snapshot.taken, "wait like it")});
    for (const Queue& queue : snapshot.queues) {
        if (queue.takes_an_operator) continue;
        Html next = Html::of("next: ", link_to(queue.next, "task/"));
        delays.push_back({.mood = Mood::quiet,
                          .word = "READY",
                          .sentence = Html::of(counted(queue.tasks, "task", "tasks"), ": each ", queue.why),
                          .more = std::move(next)});
    }
    return delays;
}

Html list_of(const std::vector<Trouble>& troubles, Mood mood) {
    Html items;
    for (const Trouble& trouble : troubles) {
        Html more = trouble.more.empty() ? Html() : tag("p", {{"class", "more"}}, trouble.more);
        items.append(tag("li", badge(trouble.mood, trouble.word), " ", trouble.sentence, more));
        items.append(Html::markup("\n"));
    }
    return tag("ul", {{"class", mood == Mood::bad ? "list bad" : "list"}, {"role", "list"}}, items);
}

}  // namespace freshet::scheduler::page

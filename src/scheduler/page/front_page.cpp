// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/page/front_page.hpp"

#include "scheduler/page/front_tables.hpp"
#include "scheduler/page/troubles.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::scheduler::page {

namespace {

struct Verdict {
    Mood mood = Mood::quiet;
    std::string words{};
    std::string more{};
};

std::size_t count_bad(const std::vector<Trouble>& troubles) {
    return static_cast<std::size_t>(
        std::ranges::count_if(troubles, [](const Trouble& trouble) { return trouble.mood == Mood::bad; }));
}

std::string progress_of(const Snapshot& snapshot) {
    const std::size_t running = snapshot.running.total;
    if (running > 0)
        return fmt::format("{} on {}.", counted(running, "task runs", "tasks run"),
                           counted(snapshot.workers.total, "worker", "workers"));
    if (snapshot.total == snapshot.count(Status::done))
        return snapshot.total == 0 ? "No task is known." : "All that is known is done.";
    return "Nothing runs at the moment.";
}

Verdict verdict_of(const Snapshot& snapshot, const std::vector<Trouble>& troubles) {
    const std::string more = progress_of(snapshot);
    if (const std::size_t bad = count_bad(troubles); bad > 0)
        return {Mood::bad, counted(bad, "problem needs you", "problems need you"), more};
    if (!troubles.empty())
        return {Mood::waiting, counted(troubles.size(), "thing to watch", "things to watch"),
                more + " Nothing needs you yet."};
    if (!snapshot.late.items.empty())
        return {Mood::waiting, "Waiting for what is not there yet", more + " Nothing is wrong here."};
    if (snapshot.running.total > 0) return {Mood::busy, "All is well", more};
    return {Mood::good, "All is well", more};
}

Html tally_of(const Snapshot& snapshot) {
    Html items;
    const auto add = [&](Status status, std::size_t count) {
        const std::string_view word = status == Status::batch_running ? "IN BATCH" : wire::text(status);
        items.append(
            tag("li", badge(count == 0 ? Mood::quiet : mood_of(status), word), " ", tag("b", with_thousands(count))));
    };
    add(Status::running, snapshot.running.total);
    if (const auto batched = snapshot.count(Status::batch_running)) add(Status::batch_running, batched);
    for (const Status status : {Status::failed, Status::disabled, Status::pending, Status::done})
        add(status, snapshot.count(status));
    if (const auto unknown = snapshot.count(Status::unknown)) add(Status::unknown, unknown);
    return tag("ul", {{"class", "tally"}, {"role", "list"}}, items);
}

Html banner(const Verdict& verdict, const Snapshot& snapshot) {
    return page::verdict(verdict.mood, Html::of(tag("h1", verdict.words), tag("p", verdict.more), tally_of(snapshot)));
}

Html wrong(const Snapshot& snapshot, const std::vector<Trouble>& troubles) {
    if (troubles.empty()) return {};
    Html content = list_of(troubles, count_bad(troubles) > 0 ? Mood::bad : Mood::waiting);
    content.append(and_more(snapshot.failed.items.size(), snapshot.failed.total, "kinds of failure"));
    if (!snapshot.all_stuck_seen)
        content.append(
            tag("p", {{"class", "more"}},
                fmt::format("{} tasks are FAILED, DISABLED or UNKNOWN: only some of them were looked at",
                            with_thousands(snapshot.count(Status::failed) + snapshot.count(Status::disabled) +
                                           snapshot.count(Status::unknown)))));
    return section("wrong", Html::markup("What is wrong"), content);
}

/// How many wait for others, and for which above all.
Html blocked_note(const Snapshot& snapshot, std::size_t blocked) {
    Html note = counted(blocked, "task waits until others are done", "tasks wait until others are done");
    bool is_first = true;
    for (const Holder& holder : snapshot.holders) {
        note.append(is_first ? "; " : ", ").append(link_to(holder.task, "task/"));
        note.append(fmt::format("{}{}{}", is_first ? " holds up " : " ", holder.holds_up.is_complete ? "" : "at least ",
                                with_thousands(holder.holds_up.number)));
        is_first = false;
    }
    return tag("p", {{"class", "note"}}, note);
}

Html waits(const Snapshot& snapshot) {
    const auto delays = delays_in(snapshot);
    const std::size_t pending = snapshot.count(Status::pending);
    const std::size_t blocked = pending - std::min(pending, snapshot.ready);
    if (delays.empty() && blocked == 0) return {};
    Html content;
    if (!delays.empty()) content.append(list_of(delays, Mood::quiet));
    content.append(and_more(snapshot.late.items.size(), snapshot.late.total, "kinds of delay"));
    if (blocked > 0) content.append(blocked_note(snapshot, blocked));
    return section("waiting", Html::markup("What waits, and for what"), content);
}

Html refresh_note(const Surroundings& around) {
    if (around.refresh)
        return tag("p", {{"class", "note"}}, fmt::format("This page comes again every {} s. ", around.refresh->count()),
                   tag("a", {{"href", "?"}}, Html::markup("Leave it as it is")));
    return tag("p", {{"class", "note"}}, tag("a", {{"href", "?refresh=15"}}, Html::markup("Refresh every 15 s")));
}

}  // namespace

std::string front_page(const Snapshot& snapshot, const Surroundings& around) {
    const auto troubles = troubles_in(snapshot, around);
    const Verdict verdict = verdict_of(snapshot, troubles);
    const Frame frame{.title = verdict.words + " · Freshet",
                      .mood = verdict.mood,
                      .home = "./",
                      .refresh = around.refresh,
                      .taken = snapshot.taken,
                      .version = around.version};
    return document(frame, Html::of(banner(verdict, snapshot), wrong(snapshot, troubles), running_section(snapshot),
                                    waits(snapshot), runs_section(snapshot), workers_section(snapshot),
                                    resources_section(snapshot), families_section(snapshot), refresh_note(around)));
}

}  // namespace freshet::scheduler::page

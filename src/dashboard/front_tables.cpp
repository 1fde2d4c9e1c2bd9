// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/front_tables.hpp"

#include "dashboard/page_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace freshet::scheduler::page {

namespace {

Html heading(Literal text, std::size_t total) {
    return Html::of(Html::markup(text), " ", tag("small", with_thousands(total)));
}

Html sub(const Html& text) { return text.empty() ? Html() : tag("span", {{"class", "sub"}}, text); }

Html task_cell(const RunningTask& task) {
    std::string batch = task.batch > 0 ? fmt::format("a batch of {}", task.batch) : "";
    return Html::of(link_to(task.task, "task/"), sub(task.message), sub(batch));
}

/// A run's state in one word: what an operator would call it.
Html badge_of(const Run& run) {
    const auto count = [&](Status status) { return (*run.counts)[static_cast<std::size_t>(status)]; };
    if (!run.counts || run.task.status != Status::pending) return badge(run.task.status);
    if (run.failed > 0) return badge(Severity::error, "HELD UP");
    if (count(Status::running) + count(Status::batch_running) > 0) return badge(Severity::active, "RUNNING");
    return count(Status::failed) > 0 || run.awaits_external ? badge(Severity::warning, "NOT YET")
                                                            : badge(Severity::neutral, "WAITING");
}

Html progress_of(const Run& run) {
    if (!run.counts) return {};
    const std::size_t total = std::accumulate(run.counts->begin(), run.counts->end(), std::size_t{0});
    const std::string words = fmt::format("{} of {}{}", status_summary(*run.counts), with_thousands(total),
                                          run.is_complete ? "" : " counted, and more");
    return Html::of(status_bar(*run.counts), sub(words));
}

Html ended(const Run& run, Time now) {
    if (!run.ended) return {};
    return Html::of(time_and_age(*run.ended, now), sub("took " + format_duration(*run.ended - run.registered)));
}

Html family_card(const FamilyRuns& family, Time now) {
    Html note;
    if (family.last_success)
        note = tag("small", "last done ", time_and_age(*family.last_success, now),
                   family.last_duration ? ", took " + format_duration(*family.last_duration) : "");
    Table table("runs", "Newest runs", {{"State"}, {"Run"}, {"Progress"}, {"Registered"}, {"Ended"}});
    for (const Run& run : family.runs.items) {
        const bool is_plain = run.task.status == Status::done || run.why.empty();
        table.add({badge_of(run), Html::of(link_to(run.task, "task/"), is_plain ? Html() : sub(run.why)),
                   progress_of(run), time_and_age(run.registered, now), ended(run, now)});
    }
    return tag("div", {{"class", "card"}}, tag("h3", family.name, " ", note), table.html(),
               and_more(family.runs.items.size(), family.runs.total, "runs"));
}

Html badge_of(const WorkerLine& worker) {
    if (worker.is_silent) return badge(Severity::error, "SILENT");
    if (worker.is_disabled) return badge(Severity::warning, "DISABLED");
    return worker.running > 0 ? badge(Severity::active, "WORKING") : badge(Severity::neutral, "IDLE");
}

Html fullness(const ResourceLine& line) {
    const std::int64_t most = std::max<std::int64_t>(line.limit, 1);
    return element("progress",
                   {{"max", std::to_string(most)},
                    {"value", std::to_string(std::clamp<std::int64_t>(line.used, 0, most))},
                    {"class", line.used >= line.limit ? "full" : "free"},
                    {"aria-label", fmt::format("{} of {} in use", line.used, line.limit)}},
                   {});
}

Html number(const StatusCounts& counts, Status status) {
    const std::size_t count = counts[static_cast<std::size_t>(status)];
    return count == 0 ? Html() : Html(with_thousands(count));
}

}  // namespace

Html running_section(const Snapshot& snapshot) {
    if (snapshot.running.total == 0) return {};
    const bool has_progress =
        std::ranges::any_of(snapshot.running.items, [](const RunningTask& task) { return task.progress.has_value(); });
    std::vector<Column> columns = {{"Task"}, {"Since"}, {"Worker"}, {"Attempt", true}};
    if (has_progress) columns.insert(columns.begin() + 2, Column{"Progress"});
    Table table("running", "Running tasks", columns);
    for (const RunningTask& task : snapshot.running.items) {
        std::vector<Html> cells = {task_cell(task), time_and_age(task.since, snapshot.taken), tag("code", task.worker),
                                   std::to_string(task.attempt)};
        if (has_progress) cells.insert(cells.begin() + 2, progress_bar(task.progress));
        table.add(cells);
    }
    return section(
        "running", heading("What runs", snapshot.running.total),
        Html::of(table.html(), and_more(snapshot.running.items.size(), snapshot.running.total, "running tasks")));
}

Html runs_section(const Snapshot& snapshot) {
    if (snapshot.recent_runs.total == 0) return {};
    Html cards;
    for (const FamilyRuns& family : snapshot.recent_runs.items) cards.append(family_card(family, snapshot.taken));
    cards.append(and_more(snapshot.recent_runs.items.size(), snapshot.recent_runs.total, "families"));
    return section("runs", Html::markup("Newest runs"), cards);
}

Html workers_section(const Snapshot& snapshot) {
    if (snapshot.workers.total == 0)
        return section("workers", Html::markup("Workers"),
                       tag("p", {{"class", "note"}}, Html::markup("No worker is connected.")));
    Table table("workers", "Workers", {{"State"}, {"Worker"}, {"Runs", true}, {"Last heard of"}, {"Started"}});
    for (const WorkerLine& worker : snapshot.workers.items)
        table.add({badge_of(worker),
                   Html::of(tag("code", worker.name), sub(worker.host.empty() ? "" : "on " + worker.host),
                            sub(worker.first_task.empty() ? "" : "for " + worker.first_task)),
                   fmt::format("{} of {}", worker.running, worker.slots),
                   time_and_age(worker.last_active, snapshot.taken), time_and_age(worker.started, snapshot.taken)});
    return section("workers", heading("Workers", snapshot.workers.total),
                   Html::of(table.html(), and_more(snapshot.workers.items.size(), snapshot.workers.total, "workers")));
}

Html resources_section(const Snapshot& snapshot) {
    if (snapshot.resources.total == 0) return {};
    Table table("resources", "Resources", {{"Resource"}, {"In use"}, {"Of", true}});
    for (const ResourceLine& line : snapshot.resources.items)
        table.add({tag("code", line.name), Html::of(fullness(line), " ", std::to_string(line.used)),
                   fmt::format("{}{}", line.limit, line.is_rate ? " a minute" : "")});
    return section(
        "resources", heading("Resources", snapshot.resources.total),
        Html::of(table.html(), and_more(snapshot.resources.items.size(), snapshot.resources.total, "resources")));
}

Html families_section(const Snapshot& snapshot) {
    if (snapshot.families.total == 0) return {};
    Table table("families", "Tasks by family and state",
                {{"Family"},
                 {"Pending", true},
                 {"Running", true},
                 {"Failed", true},
                 {"Disabled", true},
                 {"Unknown", true},
                 {"Done", true}});
    for (const FamilyLine& line : snapshot.families.items)
        table.add({tag("code", line.name.empty() ? "(not described yet)" : line.name),
                   number(line.counts, Status::pending), number(line.counts, Status::running),
                   number(line.counts, Status::failed), number(line.counts, Status::disabled),
                   number(line.counts, Status::unknown), number(line.counts, Status::done)});
    return section(
        "families", heading("Tasks by family", snapshot.total),
        Html::of(table.html(), and_more(snapshot.families.items.size(), snapshot.families.total, "families")));
}

}  // namespace freshet::scheduler::page

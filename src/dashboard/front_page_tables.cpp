// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/front_page_tables.hpp"

#include "base/url_encoding.hpp"
#include "dashboard/run_state.hpp"
#include "dashboard/task_list_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace freshet::dashboard {

namespace {

Html heading(Literal text, std::size_t total) {
    return Html::of(Html::markup(text), " ", tag("small", with_thousands(total)));
}

/// Leads to the page of its own.
Html linked_heading(Literal path, Literal text, std::size_t total) {
    return Html::of(tag("a", {{"href", std::string(path.text())}}, Html::markup(text)), " ",
                    tag("small", with_thousands(total)));
}

Html subtext(const Html& text) { return text.empty() ? Html() : tag("span", {{"class", "sub"}}, text); }

Html task_cell(const RunningTask& task) {
    std::string batch = task.batch > 0 ? fmt::format("batch of {}", task.batch) : "";
    return Html::of(link_to(task.task, "task/"), subtext(task.message), subtext(batch));
}

Html badge_of(const Run& run) {
    const StateLabel state = state_of(run);
    return badge(state.severity, state.text);
}

Html progress_cell(const Run& run) {
    if (!run.counts) return {};
    const std::size_t total = std::accumulate(run.counts->begin(), run.counts->end(), std::size_t{0});
    const std::string words = fmt::format("{} of {}{}", status_summary(*run.counts), with_thousands(total),
                                          run.is_complete ? "" : " or more");
    return Html::of(status_bar(*run.counts), subtext(words));
}

Html ended_cell(const Run& run, Time now) {
    if (!run.ended) return {};
    return Html::of(time_and_age(*run.ended, now), subtext("took " + format_duration(*run.ended - run.registered)));
}

Html grid_link(const std::string& family) {
    return tag("a", {{"href", "grid?" + form_encoded({{"root", family}})}}, family);
}

/// One block a run, the newest last, as time runs. Empty for a single run.
Html run_strip(const FamilyRuns& family, Time now) {
    if (family.strip.size() < 2) return {};
    Html blocks;
    for (auto block = family.strip.rbegin(); block != family.strip.rend(); ++block) {
        const StateLabel state = state_of(*block, family);
        const std::string label =
            fmt::format("{}: {}, begun {} ago", block->root.name, state.text, format_duration(now - block->registered));
        const std::string kind = css_class(state.severity);
        const std::string address = page_address("task/", block->root.id);
        const Html mark = address.empty()
                              ? tag("span", {{"class", kind}, {"title", label}, {"role", "img"}, {"aria-label", label}})
                              : tag("a", {{"class", kind}, {"href", address}, {"title", label}, {"aria-label", label}});
        blocks.append(tag("li", mark));
    }
    return tag("ul", {{"class", "strip"}, {"role", "list"}, {"aria-label", "The last runs, the newest last"}}, blocks);
}

Html family_card(const FamilyRuns& family, Time now) {
    Html note;
    if (family.last_success)
        note = tag("small", "last done ", time_and_age(*family.last_success, now),
                   family.last_duration ? ", took " + format_duration(*family.last_duration) : "");
    Table table("runs", "Recent runs", {{"State"}, {"Run"}, {"Progress"}, {"Begun"}, {"Ended"}});
    for (const Run& run : family.runs.items) {
        const bool is_plain = run.task.status == Status::done || run.why.empty();
        table.add(
            {badge_of(run),
             Html::of(link_to(run.task, "task/"), is_plain ? Html() : subtext(with_link(run.why, run.cause, "task/"))),
             progress_cell(run), time_and_age(run.registered, now), ended_cell(run, now)});
    }
    return tag("div", {{"class", "card"}}, tag("h3", grid_link(family.name), " ", note), run_strip(family, now),
               table.html(), and_more(family.runs.items.size(), family.runs.total, "runs"));
}

Html usage_bar(const ResourceLine& line) {
    const std::int64_t most = std::max<std::int64_t>(line.limit, 1);
    return element("progress",
                   {{"max", std::to_string(most)},
                    {"value", std::to_string(std::clamp<std::int64_t>(line.used, 0, most))},
                    {"class", line.used >= line.limit ? "full" : "free"},
                    {"aria-label", fmt::format("{} of {} in use", line.used, line.limit)}},
                   {});
}

Html family_link(const std::string& family) {
    if (family.empty()) return tag("code", "(not registered)");
    return tag("a", {{"href", task_list_address({.family = family})}}, tag("code", family));
}

/// The number of tasks of the family in that state, with a link to their list.
Html count_cell(const FamilyLine& line, Status status) {
    const std::size_t count = line.counts[static_cast<std::size_t>(status)];
    if (count == 0) return {};
    const TaskFilter filter{.status = std::string(rpc::text(status)), .family = line.name};
    return tag("a", {{"href", task_list_address(filter)}}, with_thousands(count));
}

}  // namespace

Html badge_of(const WorkerLine& worker) {
    if (worker.is_silent) return badge(Severity::error, "SILENT");
    if (worker.is_disabled) return badge(Severity::warning, worker.running > 0 ? "DRAINING" : "DRAINED");
    return worker.running > 0 ? badge(Severity::active, "WORKING") : badge(Severity::neutral, "IDLE");
}

Html worker_cell(const WorkerLine& worker) {
    return Html::of(tag("code", worker.name), subtext(worker.host.empty() ? "" : "on " + worker.host),
                    subtext(worker.first_task.empty() ? "" : "for " + worker.first_task));
}

Html usage_cell(const ResourceLine& line) { return Html::of(usage_bar(line), " ", std::to_string(line.used)); }

std::string limit_text(const ResourceLine& line) {
    return fmt::format("{}{}", line.limit, line.is_rate ? " per minute" : "");
}

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
        "running", heading("Running", snapshot.running.total),
        Html::of(table.html(), and_more(snapshot.running.items.size(), snapshot.running.total, "running tasks")));
}

Html runs_section(const Snapshot& snapshot) {
    if (snapshot.recent_runs.total == 0) return {};
    Html cards;
    for (const FamilyRuns& family : snapshot.recent_runs.items) cards.append(family_card(family, snapshot.taken));
    cards.append(and_more(snapshot.recent_runs.items.size(), snapshot.recent_runs.total, "families"));
    return section("runs", Html::markup("Recent runs"), cards);
}

Html workers_section(const Snapshot& snapshot) {
    if (snapshot.workers.total == 0)
        return section("workers", Html::markup("Workers"),
                       tag("p", {{"class", "note"}}, Html::markup("No worker is connected.")));
    Table table("workers", "Workers", {{"State"}, {"Worker"}, {"Running", true}, {"Last seen"}, {"Started"}});
    for (const WorkerLine& worker : snapshot.workers.items)
        table.add({badge_of(worker), worker_cell(worker), fmt::format("{} of {}", worker.running, worker.slots),
                   time_and_age(worker.last_active, snapshot.taken), time_and_age(worker.started, snapshot.taken)});
    return section("workers", linked_heading("workers", "Workers", snapshot.workers.total),
                   Html::of(table.html(), and_more(snapshot.workers.items.size(), snapshot.workers.total, "workers")));
}

Html resources_section(const Snapshot& snapshot) {
    if (snapshot.resources.total == 0) return {};
    Table table("resources", "Resources", {{"Resource"}, {"In use"}, {"Limit", true}});
    for (const ResourceLine& line : snapshot.resources.items)
        table.add({tag("code", line.name), usage_cell(line), limit_text(line)});
    return section(
        "resources", linked_heading("resources", "Resources", snapshot.resources.total),
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
        table.add({family_link(line.name), count_cell(line, Status::pending), count_cell(line, Status::running),
                   count_cell(line, Status::failed), count_cell(line, Status::disabled),
                   count_cell(line, Status::unknown), count_cell(line, Status::done)});
    return section(
        "families", heading("Tasks by family", snapshot.total),
        Html::of(table.html(), and_more(snapshot.families.items.size(), snapshot.families.total, "families")));
}

}  // namespace freshet::dashboard

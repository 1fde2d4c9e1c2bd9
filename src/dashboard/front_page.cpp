// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/front_page.hpp"

#include "dashboard/alerts.hpp"
#include "dashboard/dataset_section.hpp"
#include "dashboard/front_page_tables.hpp"
#include "dashboard/page_layout.hpp"
#include "dashboard/task_list_page.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::dashboard {

namespace {

bool has_errors(const std::vector<Alert>& alerts) {
    return std::ranges::any_of(alerts, [](const Alert& alert) { return alert.severity == Severity::error; });
}

/// Counts failed tasks, not the lines that show them.
std::size_t count_problems(const Snapshot& snapshot, const std::vector<Alert>& alerts, Severity severity) {
    const auto others = std::ranges::count_if(
        alerts, [&](const Alert& alert) { return alert.severity == severity && !alert.is_failure; });
    return static_cast<std::size_t>(others) +
           snapshot.count(severity == Severity::error ? AlertLevel::needs_operator : AlertLevel::retrying);
}

std::string progress_sentence(const Snapshot& snapshot) {
    const std::size_t running = snapshot.running.total;
    if (running > 0)
        return fmt::format("{} on {}.", pluralized(running, "task running", "tasks running"),
                           pluralized(snapshot.workers.total, "worker", "workers"));
    if (snapshot.total == snapshot.count(Status::done))
        return snapshot.total == 0 ? "No tasks." : "All tasks are done.";
    return "No tasks are running.";
}

std::string acknowledged_sentence(const Snapshot& snapshot) {
    if (snapshot.acknowledged == 0) return {};
    return fmt::format(" {} acknowledged.", pluralized(snapshot.acknowledged, "failure is", "failures are"));
}

Health delay_of(const Snapshot& snapshot, const std::string& detail) {
    const auto unfinished = static_cast<std::size_t>(std::ranges::count_if(snapshot.late.items, is_unfinished));
    if (unfinished < snapshot.late.items.size())
        return {Severity::warning, "Waiting for inputs that are not ready", detail + " No action needed."};
    return {Severity::warning, "Unfinished runs", detail + " Start them again, or acknowledge them."};
}

/// Names the dataset that is late, or counts those that are; empty if none is.
std::string late_sentence(const std::vector<DatasetMetrics>& datasets, Time now) {
    const auto late = [now](const DatasetMetrics& dataset) { return is_late(dataset, now); };
    const auto count = static_cast<std::size_t>(std::ranges::count_if(datasets, late));
    if (count == 0) return {};
    if (count > 1) return fmt::format("{} are late", pluralized(count, "dataset", "datasets"));
    const DatasetMetrics& dataset = *std::ranges::find_if(datasets, late);
    return fmt::format("{} is late: its next cycle was expected {} ago", shortened(dataset.dataset, max_text_length),
                       format_duration(now - *dataset.next_due));
}

std::string tasks_in(Status status) { return task_list_address({.status = std::string(rpc::text(status))}); }

Html status_counts_list(const Snapshot& snapshot) {
    Html items;
    const auto add = [&](Status status, std::size_t count) {
        items.append(tag("li", badge(count == 0 ? Severity::neutral : severity_of(status), label_of(status)), " ",
                         tag("a", {{"href", tasks_in(status)}}, tag("b", with_thousands(count))),
                         status == Status::pending && snapshot.queued > 0
                             ? fmt::format(", {} ready", with_thousands(snapshot.queued))
                             : ""));
    };
    add(Status::running, snapshot.running.total);
    if (const auto batched = snapshot.count(Status::batch_running)) add(Status::batch_running, batched);
    for (const Status status : {Status::failed, Status::disabled, Status::pending, Status::done})
        add(status, snapshot.count(status));
    if (const auto unknown = snapshot.count(Status::unknown)) add(Status::unknown, unknown);
    return tag("ul", {{"class", "counts"}, {"role", "list"}}, items);
}

Html banner(const Health& health, const Snapshot& snapshot) {
    return severity_box(health.severity,
                        Html::of(tag("h1", health.text), tag("p", health.detail), status_counts_list(snapshot)));
}

Html alerts_section(const Snapshot& snapshot, const std::vector<Alert>& alerts, bool may_operate) {
    if (alerts.empty()) return {};
    Html content = alert_list(alerts, has_errors(alerts) ? Severity::error : Severity::warning, may_operate);
    content.append(and_more(snapshot.failed.items.size(), snapshot.failed.total, "kinds of failure"));
    return section("wrong", Html::markup("Alerts"), content);
}

/// Returns the number of blocked tasks and the tasks that block most of them.
Html blocked_note(const Snapshot& snapshot, std::size_t blocked) {
    Html note = pluralized(blocked, "task waits for other tasks", "tasks wait for other tasks");
    bool is_first = true;
    for (const BlockingTask& blocker : snapshot.blockers) {
        note.append(is_first ? "; " : ", ").append(link_to(blocker.task, "task/"));
        note.append(fmt::format("{}{}{}", is_first ? " blocks " : " ", blocker.blocked.is_complete ? "" : "at least ",
                                with_thousands(blocker.blocked.number)));
        is_first = false;
    }
    return tag("p", {{"class", "note"}}, note);
}

Html waiting_section(const Snapshot& snapshot, bool may_operate) {
    const auto delays = find_delays(snapshot);
    const std::size_t blocked = count_blocked(snapshot);
    if (delays.empty() && blocked == 0) return {};
    Html content;
    if (!delays.empty()) content.append(alert_list(delays, Severity::neutral, may_operate));
    content.append(and_more(snapshot.late.items.size(), snapshot.late.total, "kinds of delay"));
    if (blocked > 0) content.append(blocked_note(snapshot, blocked));
    return section("waiting", Html::markup("Waiting"), content);
}

Html refresh_note(const FrontPageOptions& options) {
    if (options.refresh)
        return tag("p", {{"class", "note"}}, fmt::format("Auto-refresh every {} s. ", options.refresh->count()),
                   tag("a", {{"href", "?"}}, Html::markup("Stop")));
    // Where scripts run, the page follows the scheduler without it.
    return tag("noscript", tag("p", {{"class", "note"}},
                               tag("a", {{"href", "?refresh=15"}}, Html::markup("Auto-refresh every 15 s"))));
}

}  // namespace

std::size_t count_blocked(const Snapshot& snapshot) {
    const std::size_t pending = snapshot.count(Status::pending);
    return pending - std::min(pending, snapshot.ready);
}

Health health_of(const Snapshot& snapshot, const std::vector<Alert>& alerts,
                 const std::vector<DatasetMetrics>& datasets) {
    const std::string detail = progress_sentence(snapshot) + acknowledged_sentence(snapshot);
    const std::string late = late_sentence(datasets, snapshot.taken);
    const std::string whole = late.empty() ? detail : fmt::format("{} {}.", detail, late);
    if (const auto errors = count_problems(snapshot, alerts, Severity::error); errors > 0)
        return {Severity::error, pluralized(errors, "problem needs attention", "problems need attention"), whole};
    if (const auto warnings = count_problems(snapshot, alerts, Severity::warning); warnings > 0)
        return {Severity::warning, pluralized(warnings, "warning", "warnings"), whole + " No action needed yet."};
    if (!late.empty()) return {Severity::warning, late, detail};
    if (!snapshot.late.items.empty()) return delay_of(snapshot, detail);
    if (snapshot.running.total > 0) return {Severity::active, "All is well", detail};
    return {Severity::ok, "All is well", detail};
}

std::string front_page(const Snapshot& snapshot, const FrontPageOptions& options) {
    const auto alerts = find_alerts(snapshot, options);
    const Health health = health_of(snapshot, alerts, options.datasets);
    const PageHeader header{.title = health.text + " · Freshet",
                            .severity = health.severity,
                            .home = "./",
                            .refresh = options.refresh,
                            .taken = snapshot.taken,
                            .version = options.version,
                            .view = ""};
    return document(header, Html::of(banner(health, snapshot), alerts_section(snapshot, alerts, options.may_operate),
                                     datasets_section(options.datasets, snapshot.taken), running_section(snapshot),
                                     waiting_section(snapshot, options.may_operate), runs_section(snapshot),
                                     workers_section(snapshot), resources_section(snapshot), families_section(snapshot),
                                     refresh_note(options)));
}

}  // namespace freshet::dashboard

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/alerts.hpp"

#include "base/text.hpp"
#include "dashboard/snapshot.hpp"

#include <fmt/format.h>

namespace freshet::dashboard {

namespace {

constexpr std::chrono::minutes late_delivery{10};  // a sink that is only slow has caught up by then
constexpr std::size_t max_named = 3;

std::string blocked_note(const BoundedCount& count) {
    if (count.number == 0) return "";
    return fmt::format(" · {}{} for it", count.is_complete ? "" : "at least ",
                       pluralized(count.number, "task waits", "tasks wait"));
}

Html detail_of(const StalledTasks& stalled, Time now, std::string_view similar) {
    std::string rest = blocked_note(stalled.blocked);
    if (stalled.similar > 0)
        rest +=
            fmt::format(" · {} {}", pluralized(stalled.similar, "more of its family", "more of its family"), similar);
    return Html::of("since ", time_and_age(stalled.since, now), rest);
}

Alert make_alert(const StalledTasks& stalled, Time now) {
    const bool is_disabled = stalled.task.status == Status::disabled;  // its pause is long: somebody ought to look
    Html more = detail_of(stalled, now, "stand like it");
    if (is_disabled) more.append(Html(" · a POST to api/re_enable_task ends its pause"));
    return {.severity = stalled.will_retry && !is_disabled ? Severity::warning : Severity::error,
            .label = std::string(rpc::text(stalled.task.status)),
            .text = Html::of(link_to(stalled.task, "task/"), " ", stalled.why),
            .detail = std::move(more)};
}

void add_rejected_requests(const Snapshot& snapshot, const FrontPageOptions& options, std::vector<Alert>& alerts) {
    const scheduler::RejectedRequests& rejected = options.rejected_requests;
    if (!rejected.is_recent(snapshot.taken)) return;
    alerts.push_back({.label = "REFUSED",
                      .text = Html("nothing new is accepted: " + rejected.reason),
                      .detail = Html::of(pluralized(rejected.count, "request was", "requests were"),
                                         " told to come back since the start, the last ",
                                         time_and_age(rejected.last, snapshot.taken))});
}

/// Those that run something: one that has ended, or has nothing to do, is silent as well.
void add_workers(const Snapshot& snapshot, std::vector<Alert>& alerts) {
    std::size_t named = 0;
    for (const WorkerLine& worker : snapshot.workers.items) {
        if (!worker.is_silent || worker.running == 0 || worker.is_disabled || named++ == max_named) continue;
        alerts.push_back({.severity = Severity::warning,
                          .label = "SILENT",
                          .text = Html::of("worker ", tag("code", worker.name), " has said nothing for ",
                                           format_duration(snapshot.taken - worker.last_active), "; after ",
                                           format_duration(snapshot.worker_timeout),
                                           " it is given up, and what it runs counts as lost"),
                          .detail = Html::of("last heard of ", time_and_age(worker.last_active, snapshot.taken))});
    }
}

void add_ready_groups(const Snapshot& snapshot, std::vector<Alert>& alerts) {
    for (const ReadyGroup& group : snapshot.ready_groups) {
        if (!group.needs_operator) continue;
        Html others = group.tasks > 1 ? Html("and " + pluralized(group.tasks - 1, "more task", "more tasks")) : Html();
        alerts.push_back({.label = "STUCK",
                          .text = Html::of(link_to(group.next, "task/"), " ", group.why),
                          .detail = std::move(others)});
    }
}

void add_deliveries(const Snapshot& snapshot, const FrontPageOptions& options, std::vector<Alert>& alerts) {
    for (const store::Backlog& backlog : options.backlogs) {
        if (backlog.pending == 0) continue;
        const bool is_late = snapshot.taken - backlog.oldest_stored > late_delivery;
        if (!is_late && backlog.last_error.empty()) continue;
        const std::string why = backlog.last_error.empty() ? "" : ": " + shortened(backlog.last_error, max_text_length);
        alerts.push_back(
            {.severity = is_late ? Severity::error : Severity::warning,
             .label = "UNDELIVERED",
             .text = Html::of(pluralized(static_cast<std::size_t>(backlog.pending), "event waits", "events wait"),
                              " for sink ", tag("code", backlog.sink), why),
             .detail = Html::of("the oldest since ", time_and_age(backlog.oldest_stored, snapshot.taken))});
    }
}

}  // namespace

std::vector<Alert> find_alerts(const Snapshot& snapshot, const FrontPageOptions& options) {
    std::vector<Alert> alerts;
    if (snapshot.is_paused)
        alerts.push_back({.label = "PAUSED",
                          .text = "the scheduler is paused: it hands out nothing until an operator lets it go on"});
    add_rejected_requests(snapshot, options, alerts);
    for (const StalledTasks& stalled : snapshot.failed.items) alerts.push_back(make_alert(stalled, snapshot.taken));
    add_ready_groups(snapshot, alerts);
    add_deliveries(snapshot, options, alerts);
    add_workers(snapshot, alerts);
    std::ranges::stable_sort(alerts, std::greater(), [](const Alert& t) { return t.severity == Severity::error; });
    return alerts;
}

std::vector<Alert> find_delays(const Snapshot& snapshot) {
    std::vector<Alert> delays;
    for (const StalledTasks& stalled : snapshot.late.items)
        delays.push_back({.severity = Severity::warning,
                          .label = "NOT YET",
                          .text = Html::of(link_to(stalled.task, "task/"), " ", stalled.why),
                          .detail = detail_of(stalled, snapshot.taken, "wait like it")});
    for (const ReadyGroup& group : snapshot.ready_groups) {
        if (group.needs_operator) continue;
        Html next = Html::of("next: ", link_to(group.next, "task/"));
        delays.push_back({.severity = Severity::neutral,
                          .label = "READY",
                          .text = Html::of(pluralized(group.tasks, "task", "tasks"), ": each ", group.why),
                          .detail = std::move(next)});
    }
    return delays;
}

Html alert_list(const std::vector<Alert>& alerts, Severity severity) {
    Html items;
    for (const Alert& alert : alerts) {
        Html more = alert.detail.empty() ? Html() : tag("p", {{"class", "more"}}, alert.detail);
        items.append(tag("li", badge(alert.severity, alert.label), " ", alert.text, more));
        items.append(Html::markup("\n"));
    }
    return tag("ul", {{"class", severity == Severity::error ? "list bad" : "list"}, {"role", "list"}}, items);
}

}  // namespace freshet::dashboard

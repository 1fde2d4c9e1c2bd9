// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/alerts.hpp"

#include "base/time.hpp"
#include "dashboard/action_form.hpp"
#include "dashboard/snapshot.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

namespace freshet::dashboard {

namespace {

constexpr std::chrono::minutes late_delivery{10};  // a sink that is merely slow has caught up by then
constexpr std::size_t max_named = 3;
constexpr std::size_t max_subject_length = 1000;  // of an id or a family in a form

std::string blocked_note(const BoundedCount& count) {
    if (count.number == 0) return "";
    return fmt::format(" · blocks {}{}", count.is_complete ? "" : "at least ",
                       pluralized(count.number, "task", "tasks"));
}

Html detail_of(const StalledTasks& stalled, Time now, std::string_view state) {
    std::string rest = blocked_note(stalled.blocked);
    if (stalled.similar > 0)
        rest += fmt::format(" · {} {}",
                            pluralized(stalled.similar, "more task of this family is", "more tasks of this family are"),
                            state);
    return Html::of("since ", time_and_age(stalled.since, now), rest);
}

/// Acknowledges the failure, or those of the family up to now; null if the names are too long.
Json acknowledgement(const StalledTasks& stalled, Time now) {
    const bool is_group = stalled.similar > 0;
    const std::string& subject = is_group ? stalled.family : stalled.task.id;
    if (subject.size() > max_subject_length) return {};
    return Json::Object{{is_group ? "family" : "task_id", subject}, {"before", epoch_seconds(now)}};
}

/// Retries all tasks of the family in this state, where there are several that can be.
Json retry_of_all(const StalledTasks& stalled) {
    const Status status = stalled.task.status;
    const bool can_be_retried =
        status == Status::failed || (status == Status::disabled && stalled.is_disabled_by_scheduler);
    if (!can_be_retried || stalled.is_removed || stalled.similar == 0 || stalled.family.size() > max_subject_length)
        return {};
    return Json::Object{{"family", stalled.family}, {"status", rpc::text(status)}};
}

Html button(Literal path, const std::string& verb, const Json& arguments) {
    const Json* const family = arguments.find("family");
    return tag("form", {{"method", "post"}, {"action", std::string(path.text())}},
               tag("button", {{"name", "data"}, {"value", field_value(arguments)}},
                   family ? fmt::format("{} all of {}", verb, shortened(family->as_string(), max_text_length)) : verb));
}

Html buttons_of(const Alert& alert) {
    Html buttons;
    if (!alert.retry.is_null()) buttons.append(" ").append(button("api/retry_tasks", "Retry", alert.retry));
    if (!alert.acknowledge.is_null())
        buttons.append(" ").append(button("api/acknowledge_failures", "Acknowledge", alert.acknowledge));
    return buttons;
}

Html sentence_about(const StalledTasks& stalled) {
    return Html::of(link_to(stalled.task, "task/"), " ", with_link(stalled.why, stalled.cause, "task/"));
}

/// Labels a removed task that was about to be retried as FAILED.
std::string_view label_of(const StalledTasks& stalled) {
    if (stalled.is_disk_full) return "DISK FULL";
    const bool was_retried =
        stalled.is_removed && stalled.task.status != Status::disabled && stalled.task.status != Status::unknown;
    return rpc::text(was_retried ? Status::failed : stalled.task.status);
}

Alert make_alert(const StalledTasks& stalled, Time now) {
    Html more = detail_of(stalled, now, "in the same state");
    if (stalled.is_disabled_by_scheduler) more.append(" · an operator can re-enable it on its page");
    return {.severity = stalled.alert_level == AlertLevel::needs_operator ? Severity::error : Severity::warning,
            .label = std::string(label_of(stalled)),
            .task = stalled.task,
            .cause = stalled.cause,
            .text = sentence_about(stalled),
            .detail = std::move(more),
            .retry = retry_of_all(stalled),
            .acknowledge = acknowledgement(stalled, now),
            .is_failure = true};
}

void add_full_disk(const FrontPageOptions& options, std::vector<Alert>& alerts) {
    if (!options.full_disk) return;
    alerts.push_back({.label = "DISK FULL",
                      .text = Html::of(name_of(*options.full_disk), " ", describe_shortage(*options.full_disk))});
}

void add_rejected_requests(const Snapshot& snapshot, const FrontPageOptions& options, std::vector<Alert>& alerts) {
    const scheduler::RejectedRequests& rejected = options.rejected_requests;
    if (!rejected.is_recent(snapshot.taken)) return;
    alerts.push_back(
        {.label = "REJECTING",
         .text = Html("the scheduler rejects requests: " + rejected.reason),
         .detail = Html::of(pluralized(rejected.count, "request", "requests"), " rejected since the start, the last ",
                            time_and_age(rejected.last, snapshot.taken))});
}

void add_refused_changes(const Snapshot& snapshot, const FrontPageOptions& options, std::vector<Alert>& alerts) {
    const scheduler::RejectedRequests& refused = options.refused_changes;
    if (!refused.is_recent(snapshot.taken)) return;
    alerts.push_back(
        {.label = "NO AUDIT",
         .text = Html("changes are refused, because none is made without its line in the audit log: " + refused.reason),
         .detail = Html::of(pluralized(refused.count, "change", "changes"), " refused since the start, the last ",
                            time_and_age(refused.last, snapshot.taken))});
}

/// A present stall makes the whole page old.
void add_stalls(const Snapshot& snapshot, const FrontPageOptions& options, std::vector<Alert>& alerts) {
    const scheduler::Stalls& stalls = options.stalls;
    const bool is_present = stalls.present.count() > 0;
    if (!is_present && !stalls.is_recent(snapshot.taken)) return;
    Html detail = is_present ? Html("what follows is older than that")
                             : Html::of(pluralized(stalls.count, "stall", "stalls"), " since the start, the last ",
                                        time_and_age(stalls.last, snapshot.taken));
    alerts.push_back({.severity = is_present ? Severity::error : Severity::warning,
                      .label = "STALLED",
                      .text = Html::of("the scheduler ", is_present ? "has answered" : "answered", " nobody for ",
                                       format_duration(is_present ? stalls.present : stalls.took),
                                       is_present ? ": it works" : ": it worked", " on earlier requests or ",
                                       is_present ? "waits" : "waited", " for its disk"),
                      .detail = std::move(detail)});
}

/// Adds silent workers that have running tasks.
void add_workers(const Snapshot& snapshot, std::vector<Alert>& alerts) {
    std::size_t named = 0;
    for (const WorkerLine& worker : snapshot.workers.items) {
        if (!worker.is_silent || worker.running == 0 || worker.is_disabled || named++ == max_named) continue;
        alerts.push_back({.severity = Severity::warning,
                          .label = "SILENT",
                          .text = Html::of("worker ", tag("code", worker.name), " has been silent for ",
                                           format_duration(snapshot.taken - worker.last_active), "; after ",
                                           format_duration(snapshot.worker_timeout),
                                           " it is removed and its running tasks are lost"),
                          .detail = Html::of("last seen ", time_and_age(worker.last_active, snapshot.taken))});
    }
}

void add_ready_groups(const Snapshot& snapshot, std::vector<Alert>& alerts) {
    for (const ReadyGroup& group : snapshot.ready_groups) {
        if (!group.needs_operator) continue;
        Html others = group.tasks > 1 ? Html("and " + pluralized(group.tasks - 1, "more task", "more tasks")) : Html();
        alerts.push_back({.label = "STUCK",
                          .task = group.next,
                          .text = Html::of(link_to(group.next, "task/"), " ", group.why),
                          .detail = std::move(others)});
    }
}

void add_deliveries(const Snapshot& snapshot, const FrontPageOptions& options, std::vector<Alert>& alerts) {
    for (const SinkBacklog& backlog : options.backlogs) {
        if (!backlog.is_configured && backlog.undelivered() > 0) {
            alerts.push_back(
                {.severity = Severity::warning,
                 .label = "UNDELIVERED",
                 .text =
                     Html::of(pluralized(static_cast<std::size_t>(backlog.undelivered()), "event", "events"),
                              " for sink ", tag("code", backlog.sink), ", which is not in the configuration any more"),
                 .detail = Html("configure it, or give them up: events skip --all --sink NAME")});
            continue;
        }
        if (backlog.dead > 0)
            alerts.push_back({.severity = Severity::error,
                              .label = "REFUSED",
                              .text = Html::of(pluralized(static_cast<std::size_t>(backlog.dead), "event", "events"),
                                               " refused too often by sink ", tag("code", backlog.sink)),
                              .detail = Html("not tried again unless resent")});
        if (backlog.pending == 0) continue;
        const bool is_late = snapshot.taken - backlog.oldest_stored > late_delivery;
        if (!is_late && backlog.last_error.empty()) continue;
        const std::string why = backlog.last_error.empty() ? "" : ": " + shortened(backlog.last_error, max_text_length);
        alerts.push_back({.severity = is_late ? Severity::error : Severity::warning,
                          .label = "UNDELIVERED",
                          .text = Html::of(pluralized(static_cast<std::size_t>(backlog.pending), "event", "events"),
                                           " not delivered to sink ", tag("code", backlog.sink), why),
                          .detail = Html::of("oldest since ", time_and_age(backlog.oldest_stored, snapshot.taken))});
    }
}

}  // namespace

bool is_unfinished(const StalledTasks& stalled) {
    return stalled.is_removed && stalled.alert_level == AlertLevel::delayed && stalled.task.status != Status::failed;
}

std::vector<Alert> find_alerts(const Snapshot& snapshot, const FrontPageOptions& options) {
    std::vector<Alert> alerts;
    if (snapshot.is_paused)
        alerts.push_back(
            {.label = "PAUSED",
             .text =
                 Html::of("the scheduler is paused: no tasks are assigned until an operator unpauses it, on the page ",
                          tag("a", {{"href", "workers"}}, Html::markup("Workers")))});
    add_stalls(snapshot, options, alerts);
    add_full_disk(options, alerts);
    add_rejected_requests(snapshot, options, alerts);
    add_refused_changes(snapshot, options, alerts);
    for (const StalledTasks& stalled : snapshot.failed.items) alerts.push_back(make_alert(stalled, snapshot.taken));
    add_ready_groups(snapshot, alerts);
    add_deliveries(snapshot, options, alerts);
    add_workers(snapshot, alerts);
    std::ranges::stable_sort(alerts, std::greater(),
                             [](const Alert& alert) { return alert.severity == Severity::error; });
    return alerts;
}

std::vector<Alert> find_delays(const Snapshot& snapshot) {
    std::vector<Alert> delays;
    for (const StalledTasks& stalled : snapshot.late.items)
        delays.push_back({.severity = Severity::warning,
                          .label = is_unfinished(stalled) ? "UNFINISHED" : "NOT READY",
                          .task = stalled.task,
                          .cause = stalled.cause,
                          .text = sentence_about(stalled),
                          .detail = detail_of(stalled, snapshot.taken, "waiting, too"),
                          .acknowledge = stalled.is_removed ? acknowledgement(stalled, snapshot.taken) : Json()});
    for (const ReadyGroup& group : snapshot.ready_groups) {
        if (group.needs_operator) continue;
        Html next = Html::of("next: ", link_to(group.next, "task/"));
        delays.push_back({.severity = Severity::neutral,
                          .label = "QUEUED",
                          .task = group.next,
                          .text = Html::of(pluralized(group.tasks, "task", "tasks"), ": each ", group.why),
                          .detail = std::move(next)});
    }
    return delays;
}

Html alert_list(const std::vector<Alert>& alerts, Severity severity, bool may_operate) {
    Html items;
    for (const Alert& alert : alerts) {
        Html detail = alert.detail;
        if (may_operate) detail.append(buttons_of(alert));
        Html more = detail.empty() ? Html() : tag("p", {{"class", "more"}}, detail);
        items.append(tag("li", badge(alert.severity, alert.label), " ", alert.text, more));
        items.append(Html::markup("\n"));
    }
    return tag("ul", {{"class", severity == Severity::error ? "list bad" : "list"}, {"role", "list"}}, items);
}

}  // namespace freshet::dashboard

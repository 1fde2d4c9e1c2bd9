// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/front_page.hpp"

#include "dashboard/alerts.hpp"
#include "dashboard/front_tables.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::scheduler::page {

namespace {

struct Health {
    Severity severity = Severity::neutral;
    std::string text{};
    std::string detail{};
};

std::size_t count_errors(const std::vector<Alert>& alerts) {
    return static_cast<std::size_t>(
        std::ranges::count_if(alerts, [](const Alert& alert) { return alert.severity == Severity::error; }));
}

std::string progress_of(const Snapshot& snapshot) {
    const std::size_t running = snapshot.running.total;
    if (running > 0)
        return fmt::format("{} on {}.", pluralized(running, "task runs", "tasks run"),
                           pluralized(snapshot.workers.total, "worker", "workers"));
    if (snapshot.total == snapshot.count(Status::done))
        return snapshot.total == 0 ? "No task is known." : "All that is known is done.";
    return "Nothing runs at the moment.";
}

Health health_of(const Snapshot& snapshot, const std::vector<Alert>& alerts) {
    const std::string detail = progress_of(snapshot);
    if (const std::size_t errors = count_errors(alerts); errors > 0)
        return {Severity::error, pluralized(errors, "problem needs you", "problems need you"), detail};
    if (!alerts.empty())
        return {Severity::warning, pluralized(alerts.size(), "thing to watch", "things to watch"),
                detail + " Nothing needs you yet."};
    if (!snapshot.late.items.empty())
        return {Severity::warning, "Waiting for what is not there yet", detail + " Nothing is wrong here."};
    if (snapshot.running.total > 0) return {Severity::active, "All is well", detail};
    return {Severity::ok, "All is well", detail};
}

Html status_counts_list(const Snapshot& snapshot) {
    Html items;
    const auto add = [&](Status status, std::size_t count) {
        const std::string_view label = status == Status::batch_running ? "IN BATCH" : rpc::text(status);
        items.append(tag("li", badge(count == 0 ? Severity::neutral : severity_of(status), label), " ",
                         tag("b", with_thousands(count))));
    };
    add(Status::running, snapshot.running.total);
    if (const auto batched = snapshot.count(Status::batch_running)) add(Status::batch_running, batched);
    for (const Status status : {Status::failed, Status::disabled, Status::pending, Status::done})
        add(status, snapshot.count(status));
    if (const auto unknown = snapshot.count(Status::unknown)) add(Status::unknown, unknown);
    return tag("ul", {{"class", "tally"}, {"role", "list"}}, items);
}

Html banner(const Health& health, const Snapshot& snapshot) {
    return page::severity_box(health.severity,
                              Html::of(tag("h1", health.text), tag("p", health.detail), status_counts_list(snapshot)));
}

Html alerts_section(const Snapshot& snapshot, const std::vector<Alert>& alerts) {
    if (alerts.empty()) return {};
    Html content = alert_list(alerts, count_errors(alerts) > 0 ? Severity::error : Severity::warning);
    content.append(and_more(snapshot.failed.items.size(), snapshot.failed.total, "kinds of failure"));
    if (!snapshot.all_stalled_seen)
        content.append(
            tag("p", {{"class", "more"}},
                fmt::format("{} tasks are FAILED, DISABLED or UNKNOWN: only some of them were looked at",
                            with_thousands(snapshot.count(Status::failed) + snapshot.count(Status::disabled) +
                                           snapshot.count(Status::unknown)))));
    return section("wrong", Html::markup("What is wrong"), content);
}

/// How many wait for others, and for which above all.
Html blocked_note(const Snapshot& snapshot, std::size_t blocked) {
    Html note = pluralized(blocked, "task waits until others are done", "tasks wait until others are done");
    bool is_first = true;
    for (const BlockingTask& blocker : snapshot.blockers) {
        note.append(is_first ? "; " : ", ").append(link_to(blocker.task, "task/"));
        note.append(fmt::format("{}{}{}", is_first ? " holds up " : " ", blocker.blocked.is_complete ? "" : "at least ",
                                with_thousands(blocker.blocked.number)));
        is_first = false;
    }
    return tag("p", {{"class", "note"}}, note);
}

Html waiting_section(const Snapshot& snapshot) {
    const auto delays = find_delays(snapshot);
    const std::size_t pending = snapshot.count(Status::pending);
    const std::size_t blocked = pending - std::min(pending, snapshot.ready);
    if (delays.empty() && blocked == 0) return {};
    Html content;
    if (!delays.empty()) content.append(alert_list(delays, Severity::neutral));
    content.append(and_more(snapshot.late.items.size(), snapshot.late.total, "kinds of delay"));
    if (blocked > 0) content.append(blocked_note(snapshot, blocked));
    return section("waiting", Html::markup("What waits, and for what"), content);
}

Html refresh_note(const FrontPageOptions& options) {
    if (options.refresh)
        return tag("p", {{"class", "note"}},
                   fmt::format("This page comes again every {} s. ", options.refresh->count()),
                   tag("a", {{"href", "?"}}, Html::markup("Leave it as it is")));
    return tag("p", {{"class", "note"}}, tag("a", {{"href", "?refresh=15"}}, Html::markup("Refresh every 15 s")));
}

}  // namespace

std::string front_page(const Snapshot& snapshot, const FrontPageOptions& options) {
    const auto alerts = find_alerts(snapshot, options);
    const Health health = health_of(snapshot, alerts);
    const PageHeader header{.title = health.text + " · Freshet",
                            .severity = health.severity,
                            .home = "./",
                            .refresh = options.refresh,
                            .taken = snapshot.taken,
                            .version = options.version};
    return document(header,
                    Html::of(banner(health, snapshot), alerts_section(snapshot, alerts), running_section(snapshot),
                             waiting_section(snapshot), runs_section(snapshot), workers_section(snapshot),
                             resources_section(snapshot), families_section(snapshot), refresh_note(options)));
}

}  // namespace freshet::scheduler::page

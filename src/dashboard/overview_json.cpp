// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/alerts.hpp"
#include "dashboard/front_page.hpp"
#include "dashboard/json_values.hpp"
#include "dashboard/run_state.hpp"

namespace freshet::dashboard {

namespace {

Json alert_json(const Alert& alert) {
    return Json::Object{{"severity", text_of(alert.severity)},
                        {"label", alert.label},
                        {"text", alert.text.plain_text()},
                        {"detail", json_or_null(alert.detail.plain_text())},
                        {"task", json_of(alert.task)},
                        {"cause", json_of(alert.cause)},
                        {"retry", alert.retry},
                        {"acknowledge", alert.acknowledge}};
}

Json running_json(const RunningTask& task) {
    return Json::Object{{"task_id", task.task.id},
                        {"name", task.task.name},
                        {"since", json_of(task.since)},
                        {"worker", task.worker},
                        {"attempt", task.attempt},
                        {"batch_size", task.batch > 0 ? Json(task.batch) : Json()},
                        {"progress_percentage", json_of(task.progress)},
                        {"status_message", json_or_null(task.message)},
                        {"tracking_url", json_or_null(task.tracking_url)}};
}

Json blocker_json(const BlockingTask& blocker) {
    return Json::Object{{"task", json_of(blocker.task)},
                        {"blocked", blocker.blocked.number},
                        {"has_more", !blocker.blocked.is_complete}};
}

Json root_json(const Run& run) {
    const StateLabel state = state_of(run);
    return Json::Object{{"severity", text_of(state.severity)},
                        {"label", state.text},
                        {"task_id", run.task.id},
                        {"name", run.task.name},
                        {"status", rpc::text(run.task.status)},
                        {"registered", json_of(run.registered)},
                        {"ended", json_of(run.ended)},
                        {"counts", json_of(run.counts)},
                        {"has_more_tasks", !run.is_complete},
                        {"why", json_or_null(run.why)},
                        {"cause", json_of(run.cause)}};
}

Json family_runs_json(const FamilyRuns& family) {
    const auto block_json = [&](const RunBlock& block) {
        const StateLabel state = state_of(block, family);
        return Json::Object{{"severity", text_of(state.severity)},
                            {"label", state.text},
                            {"task_id", block.root.id},
                            {"name", block.root.name},
                            {"registered", json_of(block.registered)}};
    };
    return Json::Object{{"family", family.name},
                        {"last_success", json_of(family.last_success)},
                        {"last_duration", json_of(family.last_duration)},
                        {"runs", json_of(family.runs, root_json)},
                        {"last_runs", json_array(family.strip, block_json)}};
}

Json worker_json(const WorkerLine& worker) {
    return Json::Object{{"worker", worker.name},
                        {"host", json_or_null(worker.host)},
                        {"is_disabled", worker.is_disabled},
                        {"is_silent", worker.is_silent},
                        {"running", worker.running},
                        {"slots", worker.slots},
                        {"started", json_of(worker.started)},
                        {"last_active", json_of(worker.last_active)},
                        {"first_task", json_or_null(worker.first_task)}};
}

Json resource_json(const ResourceLine& resource) {
    return Json::Object{
        {"resource", resource.name}, {"used", resource.used}, {"limit", resource.limit}, {"is_rate", resource.is_rate}};
}

Json family_counts_json(const FamilyLine& family) {
    return Json::Object{{"family", family.name}, {"counts", json_of(family.counts)}};
}

Json dataset_json(const DatasetMetrics& dataset) {
    return Json::Object{{"dataset", dataset.dataset},
                        {"last_complete_cycle", json_of(dataset.cycle)},
                        {"published", json_of(dataset.published)},
                        {"next_due", json_of(dataset.next_due)},
                        {"bytes", json_of(dataset.bytes)},
                        {"checks_warned", json_of(dataset.checks_warned)}};
}

}  // namespace

Json overview_json(const Snapshot& snapshot, const FrontPageOptions& options) {
    const auto alerts = find_alerts(snapshot, options);
    const Health health = health_of(snapshot, alerts, options.datasets);
    return Json::Object{{"as_of", json_of(snapshot.taken)},
                        {"version", options.version},
                        {"health", Json::Object{{"severity", text_of(health.severity)},
                                                {"text", health.text},
                                                {"detail", json_or_null(health.detail)}}},
                        {"is_paused", snapshot.is_paused},
                        {"counts", json_of(snapshot.counts)},
                        {"total", snapshot.total},
                        {"ready", snapshot.queued},
                        {"alerts", json_array(alerts, alert_json)},
                        {"omitted_alerts", snapshot.failed.total - snapshot.failed.items.size()},
                        {"delays", json_array(find_delays(snapshot), alert_json)},
                        {"omitted_delays", snapshot.late.total - snapshot.late.items.size()},
                        {"blocked", count_blocked(snapshot)},
                        {"blockers", json_array(snapshot.blockers, blocker_json)},
                        {"running", json_of(snapshot.running, running_json)},
                        {"recent_runs", json_of(snapshot.recent_runs, family_runs_json)},
                        {"workers", json_of(snapshot.workers, worker_json)},
                        {"resources", json_of(snapshot.resources, resource_json)},
                        {"families", json_of(snapshot.families, family_counts_json)},
                        {"datasets", json_array(options.datasets, dataset_json)}};
}

}  // namespace freshet::dashboard

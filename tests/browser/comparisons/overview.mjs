// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** What the front page shows of the overview. */
import { address, andMore, andMoreOf, badge, between, COLOURS, countOf, duration, joined, link, number, percentage, severityOf,
    summary, taskLink, time, total, withLink } from "./words.mjs";
import { workerBadge, workerName } from "./workers.mjs";
import { limitOf, usageOf } from "./resources.mjs";

function statusCounts({ counts, running, ready }) {
    const shown = { RUNNING: running.total, BATCH_RUNNING: counts.BATCH_RUNNING, FAILED: counts.FAILED ?? 0, DISABLED: counts.DISABLED ?? 0,
        PENDING: counts.PENDING ?? 0, DONE: counts.DONE ?? 0, UNKNOWN: counts.UNKNOWN };
    const given = Object.entries(shown).filter(([, count]) => count !== undefined);
    return given.map(([status, count]) => {
        const label = badge(count === 0 ? "neutral" : severityOf(status), status === "BATCH_RUNNING" ? "IN BATCH" : status);
        const some = status === "PENDING" && ready > 0 ? `, ${number(ready)} ready` : "";
        return `${label} ${link(number(count), address("/tasks", { status }))}${some}`;
    });
}

/** Its task and what that waits for are links, where they are named first. */
function alert({ severity, label, text, detail, task, cause, retry, acknowledge }) {
    const words = label === "PAUSED" ? text.replace("Workers", link("Workers", "/workers")) : text;
    const linked = withLink(withLink(joined(badge(severity, label), words, detail), cause), task);
    const button = acknowledge?.family ? `<Acknowledge all of ${acknowledge.family}>` : "<Acknowledge>";
    return joined(linked, retry && `<Retry all of ${retry.family}>`, acknowledge && button);
}

function alerts({ alerts, omitted_alerts }) {
    if (alerts.length === 0) return [];
    return [["h2", "Alerts"], ["list", ...alerts.map(alert)], ...andMore(omitted_alerts, "kinds of failure")];
}

function dataset({ dataset, last_complete_cycle, published, next_due }, now) {
    const isLate = next_due && next_due < now;
    const state = !next_due ? badge("neutral", "COMPLETE") : isLate ? badge("warning", "LATE") : badge("ok", "ON TIME");
    const due = next_due ? time(next_due, now) + (isLate ? ", and not there yet" : "") : "not known";
    return [state, dataset, time(last_complete_cycle, now), time(published, now), due];
}

function datasets({ datasets }, now) {
    if (datasets.length === 0) return [];
    const head = ["State", "Dataset", "Last complete cycle", "Published", "Next expected"];
    return [["h2", "Datasets"], ["table", "Datasets", head, ...datasets.map((each) => dataset(each, now))]];
}

function running({ running }, now) {
    if (running.total === 0) return [];
    const hasProgress = running.items.some((task) => task.progress_percentage !== null);
    const row = (task) => [
        joined(taskLink(task), task.status_message, task.batch_size && `batch of ${task.batch_size}`), time(task.since, now),
        ...(hasProgress ? [percentage(task.progress_percentage)] : []), task.worker, String(task.attempt)];
    const head = ["Task", "Since", ...(hasProgress ? ["Progress"] : []), "Worker", "Attempt"];
    return [["h2", `Running ${number(running.total)}`], ["table", "Running tasks", head, ...running.items.map(row)],
        ...andMoreOf(running, "running tasks")];
}

function waiting({ delays, omitted_delays, blocked, blockers }) {
    if (delays.length === 0 && blocked === 0) return [];
    const blocks = blockers.map(({ task, blocked, has_more }, i) =>
        `${i === 0 ? "; " : ", "}${taskLink(task)}${i === 0 ? " blocks" : ""} ${has_more ? "at least " : ""}${number(blocked)}`);
    const note = countOf(blocked, "task waits for other tasks", "tasks wait for other tasks") + blocks.join("");
    return [["h2", "Waiting"], ...(delays.length ? [["list", ...delays.map(alert)]] : []), ...andMore(omitted_delays, "kinds of delay"),
        ...(blocked > 0 ? [["p", note]] : [])];
}

function run(root, now) {
    const { status, counts, has_more_tasks, registered, ended, why, cause } = root;
    const progress = counts ? `${summary(counts)} of ${number(total(counts))}${has_more_tasks ? " or more" : ""}` : "";
    const end = ended ? `${time(ended, now)} took ${between(registered, ended, duration)}` : "";
    return [badge(root.severity, root.label), joined(taskLink(root), status !== "DONE" && why && withLink(why, cause)), progress, time(registered, now), end];
}

function runsOfFamily({ family, last_success, last_duration, runs, last_runs }, now) {
    const took = last_duration === null ? "" : `, took ${duration(last_duration)}`;
    const heading = joined(link(family, `/grid?root=${family}`), last_success && `last done ${time(last_success, now)}${took}`);
    const block = ({ severity, label, task_id, name, registered }) =>
        link(badge(severity, `${name}: ${label}, begun ${between(registered, now, duration)} ago`), `/task/${task_id}`);
    return [["h3", heading], ...(last_runs.length > 1 ? [["list", ...last_runs.map(block).reverse()]] : []),
        ["table", "Recent runs", ["State", "Run", "Progress", "Begun", "Ended"], ...runs.items.map((root) => run(root, now))],
        ...andMoreOf(runs, "runs")];
}

function recentRuns({ recent_runs }, now) {
    if (recent_runs.total === 0) return [];
    const cards = recent_runs.items.flatMap((family) => runsOfFamily(family, now));
    return [["h2", "Recent runs"], ...cards, ...andMoreOf(recent_runs, "families")];
}

function workers({ workers }, now) {
    if (workers.total === 0) return [["h2", "Workers"], ["p", "No worker is connected."]];
    const row = (worker) => [workerBadge(worker, worker.running), workerName(worker), `${worker.running} of ${worker.slots}`,
        time(worker.last_active, now), time(worker.started, now)];
    return [["h2", `${link("Workers", "/workers")} ${number(workers.total)}`],
        ["table", "Workers", ["State", "Worker", "Running", "Last seen", "Started"], ...workers.items.map(row)],
        ...andMoreOf(workers, "workers")];
}

function resources({ resources }) {
    if (resources.total === 0) return [];
    const row = (resource) => [resource.resource, usageOf(resource), limitOf(resource)];
    return [["h2", `${link("Resources", "/resources")} ${number(resources.total)}`],
        ["table", "Resources", ["Resource", "In use", "Limit"], ...resources.items.map(row)], ...andMoreOf(resources, "resources")];
}

function families({ families, total }) {
    if (families.total === 0) return [];
    const states = { Pending: "PENDING", Running: "RUNNING", Failed: "FAILED", Disabled: "DISABLED", Unknown: "UNKNOWN", Done: "DONE" };
    const cell = (family, count, status) => (count ? link(number(count), address("/tasks", { status, family })) : "");
    const row = ({ family, counts }) => [family ? link(family, address("/tasks", { family })) : "(not registered)",
        ...Object.values(states).map((status) => cell(family, counts[status], status))];
    return [["h2", `Tasks by family ${number(total)}`],
        ["table", "Tasks by family and state", ["Family", ...Object.keys(states)], ...families.items.map(row)],
        ...andMoreOf(families, "families")];
}

export function overview(json, { now }) {
    const { severity, text, detail } = json.health;
    return {
        title: `${text} · Freshet`,
        main: [["box", COLOURS[severity]], ["h1", text], ["p", detail ?? ""], ["list", ...statusCounts(json)], ...alerts(json),
            ...datasets(json, now), ...running(json, now), ...waiting(json), ...recentRuns(json, now), ...workers(json, now),
            ...resources(json), ...families(json)],
    };
}

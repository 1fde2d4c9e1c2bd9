// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** What the page of a task shows, to those who may change it. */
import { andMoreOf, attemptBadge, badge, COLOURS, joined, link, number, percentage, severityOf, shortDuration, shortened, statusBadge,
    taskLink, time } from "./words.mjs";

const ACTIONS = { retry: "Retry now", re_enable: "Re-enable", cancel: "Cancel the attempt", mark_as_done: "Mark as done",
    acknowledge: "Acknowledge", set_priority: "Set the priority", send_message: "Send a message", rerun: "Run again" };
const OLDER = ["p", "older entries are not shown"];

function actions({ task_id, live, actions }) {
    const hint = `No worker that could run it again is connected: its program does, with run TASK --rerun ${task_id}.`;
    const hints = live.status === "DONE" && !actions.includes("rerun") ? [["p", hint]] : [];
    const shown = [...actions.map((name) => ["action", `<${ACTIONS[name]}>`]), ...hints];
    return shown.length > 0 ? [["h2", "Actions"], ...shown] : [];
}

function neighbours(heading, tasks) {
    if (tasks.total === 0) return [];
    const items = tasks.items.map((task) => `${statusBadge(task.status)} ${taskLink(task)}`);
    return [["h2", `${heading} ${number(tasks.total)}`], ["list", ...items], ...andMoreOf(tasks, "tasks")];
}

/** Terms and values in turn, without those that are empty. */
function facts(heading, pairs) {
    return pairs.length > 0 ? [["h2", heading], ["facts", ...pairs.flat()]] : [];
}

function parameters({ parameters, hidden_parameters }) {
    return facts("Parameters", [...Object.entries(parameters), ...hidden_parameters.map((name) => [name, "(hidden)"])]);
}

function attempts({ attempts, has_more_attempts }, now) {
    if (attempts.length === 0) return [];
    const row = (attempt) => [
        joined(String(attempt.number), attempt.log && link("log", decodeURIComponent(attempt.log.replace("/api/v1", "")))),
        attemptBadge(attempt), time(attempt.started, now), attempt.ended ? shortDuration(attempt.duration) : "", attempt.worker,
        joined(attempt.failure_class && `${attempt.failure_class}:`, attempt.message)];
    const head = ["Attempt", "State", "Started", "Took", "Worker", "Message"];
    return [["h2", "Attempts"], ["table", "Attempts", head, ...attempts.map(row)], ...(has_more_attempts ? [OLDER] : [])];
}

function history({ history, has_more_history }, now) {
    if (history.length === 0) return [];
    const row = ({ at, status, by, detail }) => [time(at, now), badge(severityOf(status), status), by ?? "the scheduler", detail ?? ""];
    const table = ["table", "History", ["At", "State", "By", "Detail"], ...history.map(row)];
    return [["h2", "History"], table, ...(has_more_history ? [OLDER] : [])];
}

function knownFacts({ task_id, live }, now) {
    const { workers, tracking_url: url } = live;
    const more = workers.total > workers.items.length ? ` and ${workers.total - workers.items.length} more` : "";
    const resources = Object.entries(live.resources).map(([name, amount]) => `${amount} of ${name}`).join(", ");
    const shown = {
        Family: live.family,
        Module: live.module,
        Registered: time(live.registered, now),
        "State since": time(live.status_since, now),
        "Next retry": live.retry_at && time(live.retry_at, now),
        Attempts: String(live.attempt_count),
        "Last run by": live.worker,
        "Can be run by": workers.items.join(", ") + more,
        Priority: String(live.priority),
        Resources: resources,
        Progress: percentage(live.progress_percentage),
        Message: live.status_message,
        "Tracking URL": /^https?:/i.test(url) ? link(url, url) : url,
        Graph: link("What it requires and what requires it", `/graph?task=${task_id}`),
        "Task id": task_id,
    };
    return facts("Facts", Object.entries(shown).filter(([, value]) => value));
}

/** A task that the scheduler has removed, from its history. */
function removedTask(json, now) {
    const { task_id, attempts: [attempt], history: [change] } = json;
    const { status } = change ?? attempt, at = change ? `, at ${change.at.slice(0, 19)}Z` : "";
    const last = `${badge(severityOf(status), status)} was its last state${at}; the scheduler has pruned the task since`;
    return {
        title: `${shortened(task_id, 120)} · Freshet`,
        main: [["box", COLOURS.neutral], ["h1", task_id], ["p", last], ...attempts(json, now), ...history(json, now)],
    };
}

export function task(json, { now }) {
    const { live } = json;
    if (!live) return removedTask(json, now);
    return {
        title: `${shortened(`${live.status} ${live.name}`, 120)} · Freshet`,
        main: [["box", COLOURS[severityOf(live.status)]], ["h1", live.name], ["p", `${statusBadge(live.status)} ${live.why}`],
            ...actions(json), ...(live.error ? [["h2", "Error"], ["pre", live.error]] : []), ...neighbours("Requires", live.requirements),
            ...neighbours("Required by", live.dependants), ...parameters(live), ...facts("Statistics", Object.entries(live.statistics)),
            ...attempts(json, now), ...history(json, now), ...knownFacts(json, now),
            ...(json.has_history ? [] : [["p", "This scheduler keeps no history."]])],
    };
}

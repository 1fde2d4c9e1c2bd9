// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** What the page of a task shows, to those who may change it. */
import { andMoreOf, attemptBadge, badge, COLOURS, countOf, joined, link, number, percentage, severityOf, shortDuration, shortened, statusBadge,
    taskLink, time, withLink } from "./words.mjs";

const ACTIONS = { retry: "Retry now", re_enable: "Re-enable", cancel: "Cancel the attempt", mark_as_done: "Mark as done",
    acknowledge: "Acknowledge", set_priority: "Set the priority", send_message: "Send a message", rerun: "Run again" };
const OLDER = ["p", "older entries are not shown"];

function actions({ task_id, live, run, actions }) {
    const command = run?.command.includes(" run ") ? run.command : "run TASK";
    const hint = `No worker that could run it again is connected: its program does, with ${command} --rerun ${task_id}.`;
    const hints = live.status === "DONE" && !actions.includes("rerun") ? [["p", hint]] : [];
    const shown = [...actions.map((name) => ["action", `<${ACTIONS[name]}>`]), ...hints];
    return shown.length > 0 ? [["h2", "Actions"], ...shown] : [];
}

function neighbours(heading, tasks) {
    if (tasks.total === 0) return [];
    const items = tasks.items.map((task) => `${statusBadge(task.status)} ${taskLink(task)}`);
    return [["h2", `${heading} ${number(tasks.total)}`], ["list", ...items], ...andMoreOf(tasks, "tasks")];
}

/** That ran the task, and runs it again. */
function command({ run }) {
    return run?.command ? [["h2", "Command"], ["p", run.command]] : [];
}

/** Terms and values in turn, without those that are empty. */
function facts(heading, pairs) {
    return pairs.length > 0 ? [["h2", heading], ["facts", ...pairs.flat()]] : [];
}

/** Those of the name; the others are folded. */
function parameters({ parameters, name_parameters, hidden_parameters }) {
    const all = Object.entries(parameters), hidden = hidden_parameters.map((name) => [name, "(hidden)"]);
    if (all.length + hidden.length === 0) return [];
    const shown = [...all.filter(([name]) => name_parameters.includes(name)), ...hidden];
    const others = all.filter(([name]) => !name_parameters.includes(name));
    const summary = `${countOf(others.length, "parameter", "parameters")} with the default value, or without one`;
    return [["h2", "Parameters"], ...(shown.length > 0 ? [["facts", ...shown.flat()]] : []),
        ...(others.length > 0 ? [["summary", summary], ["facts", ...others.flat()]] : [])];
}

function related({ task_id, live, run }) {
    const isRoot = live.dependants.total === 0 && live.requirements.total > 0;
    return [["text", joined(link("Graph of what it requires and what requires it", `/graph?task=${task_id}`),
        isRoot && link("Longest chain", `/graph?run=${task_id}`), run && link("Timeline of its run", `/run/${run.run_id}#timeline`))]];
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
        "Known since": time(live.registered, now),
        "State since": time(live.status_since, now),
        "Next retry": live.retry_at && time(live.retry_at, now),
        Attempts: String(live.attempt_count),
        "Last run by": live.worker,
        "Can be run by": workers.items.join(", ") + more,
        Priority: String(Math.round(100 * live.priority) / 100),
        Resources: resources,
        Progress: percentage(live.progress_percentage),
        Message: live.status_message,
        "Tracking URL": /^https?:/i.test(url) ? link(url, url) : url,
        "Task id": task_id,
    };
    return facts("Facts", Object.entries(shown).filter(([, value]) => value));
}

/** A task that the scheduler has removed, from its history. */
function removedTask(json, now) {
    const { task_id, attempts: [attempt], history: [change] } = json;
    const { status } = change ?? attempt, at = change ? `, at ${change.at.slice(0, 19)}Z` : "";
    const last = `${badge(severityOf(status), status)} was its last state${at}; the scheduler has removed the task since, and keeps its history`;
    return {
        title: `${shortened(task_id, 120)} · Freshet`,
        main: [["box", COLOURS.neutral], ["h1", task_id], ["p", last], ...command(json), ...attempts(json, now), ...history(json, now)],
    };
}

export function task(json, { now }) {
    const { live } = json;
    if (!live) return removedTask(json, now);
    return {
        title: `${shortened(`${live.status} ${live.name}`, 120)} · Freshet`,
        main: [["box", COLOURS[severityOf(live.status)]], ["h1", live.name], ["p", `${statusBadge(live.status)} ${withLink(live.why, live.cause)}`],
            ...related(json), ...actions(json), ...(live.error ? [["h2", "Error"], ["pre", live.error]] : []), ...attempts(json, now),
            ...neighbours("Requires", live.requirements), ...neighbours("Required by", live.dependants), ...parameters(live),
            ...facts("Statistics", Object.entries(live.statistics)), ...command(json), ...history(json, now), ...knownFacts(json, now),
            ...(json.has_history ? [] : [["p", "This scheduler keeps no history."]])],
    };
}

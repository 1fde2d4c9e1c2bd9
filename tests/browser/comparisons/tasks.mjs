// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** What the list of tasks shows. */
import { address, joined, link, percentage, statusBadge, taskLink, time } from "./words.mjs";

const FIELDS = ["status", "family", "text", "worker", "error", "below"];

export function tasks({ tasks, next_after }, { now, query }) {
    const filter = Object.fromEntries(FIELDS.map((name) => [name, query[name] ?? ""]));
    const pages = joined(query.after && link("First page", address("/tasks", filter)),
        next_after && link("Next page", address("/tasks", { ...filter, after: next_after })));
    const hasErrors = tasks.some(({ error }) => error);
    const row = (task) => [statusBadge(task.status), joined(taskLink(task), percentage(task.progress_percentage), task.status_message),
        ...(hasErrors ? [task.error ?? ""] : []), task.worker ?? "", time(task.status_since, now)];
    const head = ["State", "Task", ...(hasErrors ? ["Error"] : []), "Worker", "State since"];
    const table = ["table", "Tasks", head, ...tasks.map(row)];
    return {
        title: "Tasks · Freshet",
        main: [["h1", "Tasks"], ["form", ...FIELDS.map((name) => `${name}=${filter[name]}`)],
            tasks.length > 0 ? table : ["p", query.after ? "No more tasks match." : "No task matches."],
            ...(pages ? [["text", pages]] : [])],
    };
}

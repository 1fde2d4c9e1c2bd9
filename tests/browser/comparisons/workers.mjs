// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** What is shown of the workers, to those who may change them. */
import { address, andMoreOf, badge, COLOURS, joined, link, number, taskLink, time } from "./words.mjs";

export function workerBadge({ is_silent, is_disabled }, running) {
    if (is_silent) return badge("error", "SILENT");
    if (is_disabled) return badge("warning", running > 0 ? "DRAINING" : "DRAINED");
    return running > 0 ? badge("active", "WORKING") : badge("neutral", "IDLE");
}

export function workerName({ worker, host, first_task }) {
    return joined(worker, host && `on ${host}`, first_task && `for ${first_task}`);
}

function row(worker, now) {
    const { running, slots, is_disabled } = worker;
    const all = link("all of them", address("/tasks", { status: "RUNNING", worker: worker.worker }));
    const tasks = joined(`${running.total} of ${slots}`, ...running.items.map(taskLink), running.total > running.items.length && all);
    return [workerBadge(worker, running.total), workerName(worker), tasks, time(worker.last_active, now), time(worker.started, now),
        is_disabled ? "" : `<Drain> <Resize ${slots}>`];
}

export function workers({ is_paused, can_pause, workers }, { now }) {
    const state = is_paused ? "The scheduler is paused: no task is assigned." : "The scheduler assigns tasks.";
    const head = ["State", "Worker", "Running", "Last seen", "Started", "Actions"];
    const table = ["table", "Workers", head, ...workers.items.map((worker) => row(worker, now))];
    return {
        title: "Workers · Freshet",
        main: [["h1", `Workers ${number(workers.total)}`], ["box", COLOURS[is_paused ? "warning" : "ok"]], ["p", state],
            ...(can_pause ? [["action", `<${is_paused ? "Unpause" : "Pause"} the scheduler>`]] : []),
            workers.total === 0 ? ["p", "No worker is connected."] : table, ...andMoreOf(workers, "workers")],
    };
}

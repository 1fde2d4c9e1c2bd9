// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** What the list of runs of programs shows. */
import { address, badge, between, link, shortDuration, shortened, time } from "./words.mjs";

export function severityOfRun({ ended, exit_status }) {
    if (!ended) return "active";
    return exit_status === 0 ? "ok" : "error";
}

export function runBadge(run) {
    const label = !run.ended ? "RUNNING" : run.exit_status === null ? "NO EXIT STATUS" : run.exit_status === 0 ? "DONE" : `EXIT ${run.exit_status}`;
    return badge(severityOfRun(run), label);
}

export const tookOf = ({ started, ended }) => (ended ? between(started, ended, shortDuration) : "");

export function runs({ runs, next_before }, { now }) {
    const row = (run) => [runBadge(run), link(shortened(run.command, 300), `/run/${run.run_id}`), run.summary ?? "",
        time(run.started, now), tookOf(run)];
    const table = ["table", "Runs", ["State", "Command", "Result", "Started", "Took"], ...runs.map(row)];
    return {
        title: "Runs · Freshet",
        main: [["h1", "Runs"], runs.length > 0 ? table : ["p", "No run is recorded."],
            ...(next_before ? [["text", link("Older runs", address("/runs", { before: next_before }))]] : [])],
    };
}

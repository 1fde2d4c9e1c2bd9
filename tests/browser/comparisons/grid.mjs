// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** What the grid of runs by family shows. */
import { address, ANY, badge, joined, link, number, parametersIn, severityOfAll, taskLink, time, total } from "./words.mjs";

function head(run, now) {
    const { root, registered } = run;
    return joined(taskLink({ ...root, name: parametersIn(root.name) }), badge(run.severity, run.label), time(registered, now),
        link("longest chain", `/graph?run=${root.task_id}`));
}

function cell({ root, registered, ended, is_removed, is_complete, families }, family) {
    const counts = families[family];
    if (!counts) return "";
    const all = total(counts), done = counts.DONE ?? 0;
    const numbers = done === all ? number(all) : `${number(done)} of ${number(all)}`;
    const text = badge(severityOfAll(counts), numbers + (is_complete ? "" : " or more"));
    if (!family) return text;
    if (is_removed) return link(text, address("/history", { family, since: registered, until: ended }));
    return link(text, address("/tasks", { family, below: root.task_id }));
}

export function grid({ root, roots, runs }, { now }) {
    const names = new Set(runs.flatMap(({ families }) => Object.keys(families)));
    const families = [...names].sort((one, other) => (other === root) - (one === root) || (one < other ? -1 : 1));
    const rows = families.map((family) => [family || "(not registered)", ...runs.map((run) => cell(run, family))]);
    const table = ["table", `Runs of ${root} by family`, ["Family", ...runs.map((run) => head(run, now))], ...rows];
    const choice = ["list", ...roots.map((name) => link(name, address("/grid", { root: name })))];
    return {
        title: "Grid · Freshet",
        main: [["h1", "Grid"], ...(roots.length > 1 ? [choice] : []), ...(runs.length > 0 ? [table, ["p", ANY]] : [["p", "No run is known."]])],
    };
}

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** What the durations of families show. */
import { andMoreOf, ANY, badge, joined, link, number, shortDuration, time } from "./words.mjs";

const WIDTH = 150, HEIGHT = 30, MARGIN = 3;

function pace({ usual, is_slow, runs }) {
    if (usual === null) return "";
    const times = runs.at(-1).median / Math.max(usual, 1e-3);
    return is_slow ? badge("warning", `${times.toFixed(times < 10 ? 1 : 0)}× usual`) : badge("ok", "as usual");
}

/** Of durations, from the left to the right; the greatest is at the top. */
function line(values, greatest) {
    const step = (WIDTH - 2 * MARGIN) / Math.max(values.length - 1, 1);
    const height = (value) => HEIGHT - MARGIN - ((HEIGHT - 2 * MARGIN) * value) / greatest;
    return `<${values.map((value, i) => `${(MARGIN + i * step).toFixed(1)},${height(value).toFixed(1)}`).join(" ")}>`;
}

function row(family) {
    const last = family.runs.at(-1), medians = family.runs.map(({ median }) => median);
    const upper = family.runs.map(({ percentile_95 }) => percentile_95), greatest = Math.max(1e-9, ...upper);
    return [link(family.family, `/history?family=${family.family}`), number(family.attempts), shortDuration(family.median),
        shortDuration(family.percentile_95), joined(shortDuration(last.median), last.run_id && link("run", `/run/${last.run_id}`)),
        family.usual === null ? "" : shortDuration(family.usual), pace(family), `${line(upper, greatest)} ${line(medians, greatest)}`];
}

export function durations({ has_history, since, families }, { now }) {
    const head = ["Family", "Attempts", "Median", "95 %", "Last run", "Usual", "Pace", "Over the last runs"];
    const found = families.items.length === 0 ? [["p", "No attempt has succeeded yet."]]
        : [["table", "Durations by family", head, ...families.items.map(row)], ...andMoreOf(families, "families"),
            ["p", `Successful attempts since ${time(since, now)}. ${ANY}`]];
    return {
        title: "Durations · Freshet",
        main: [["h1", "Durations"], ...(has_history ? found : [["p", "The history cannot be read."]])],
    };
}

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** What each page shows, made from the JSON at the same path below /api/v1, and the comparison of both. */
import assert from "node:assert/strict";

import { durations } from "./comparisons/durations.mjs";
import { graph } from "./comparisons/graph.mjs";
import { grid } from "./comparisons/grid.mjs";
import { history } from "./comparisons/history.mjs";
import { log } from "./comparisons/log.mjs";
import { overview } from "./comparisons/overview.mjs";
import { resources } from "./comparisons/resources.mjs";
import { run } from "./comparisons/run.mjs";
import { runs } from "./comparisons/runs.mjs";
import { task } from "./comparisons/task.mjs";
import { tasks } from "./comparisons/tasks.mjs";
import { workers } from "./comparisons/workers.mjs";
import { eventually } from "./support/programs.mjs";
import { readShown } from "./support/shown.mjs";

/** By the paths of the route table: what is shown of the JSON at a time and place. */
export const COMPARISONS = {
    "/api/v1/overview": overview,
    "/api/v1/tasks": tasks,
    "/api/v1/task/{task_id}": task,
    "/api/v1/task/{task_id}/log": log,
    "/api/v1/runs": runs,
    "/api/v1/run/{run_id}": run,
    "/api/v1/grid": grid,
    "/api/v1/graph": graph,
    "/api/v1/durations": durations,
    "/api/v1/history": history,
    "/api/v1/workers": workers,
    "/api/v1/resources": resources,
};

/** The views of the route table, which the scheduler lists. */
export async function listedViews(scheduler) {
    const { routes } = await (await fetch(`${scheduler.url}/api/v1`)).json();
    return routes.filter(({ method, path }) => method === "GET" && path !== "/api/v1").map(({ path }) => path);
}

const jsonPath = (path) => (path === "/" ? "/api/v1/overview" : `/api/v1${path}`);

/** The path of the route that has the JSON of a page; undefined without one. */
export function viewOf(address) {
    const path = jsonPath(address.split("?")[0]);
    const matches = (pattern) => new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path);
    return Object.keys(COMPARISONS).find(matches);
}

/** A block of the page as it is to be read, in which white space is one space, but not where it is kept. */
function laidOut(block) {
    const [kind, ...texts] = block;
    const flat = (text) => (Array.isArray(text) ? text.map(flat) : text.replace(/\s+/g, " ").trim());
    return kind === "pre" ? block : [kind, ...texts.map(flat)];
}

/** The expected text, or the shown one where that is one of several that are expected. */
function chosen(expected, shown) {
    if (Array.isArray(expected)) return expected.map((part, i) => chosen(part, shown?.[i]));
    if (!expected.includes("⟨")) return expected;
    const literal = (text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const oneOf = (texts) => (texts === "*" ? "[^]*" : `(?:${texts})`);
    const parts = expected.split(/⟨(.*?)⟩/s).map((part, i) => (i % 2 === 0 ? literal(part) : oneOf(part)));
    return new RegExp(`^${parts.join("")}$`).test(shown) ? shown : expected;
}

/**
 * Opens a page, and asks for the JSON meanwhile. Returns what is shown, and the JSON of just before and just after: the
 * answers that surround its time, and one more on each side, since the history is read a little later than that.
 */
async function openBetween(page, address, load) {
    const samples = [await load()];
    let isOpening = true;
    const sampling = (async () => {
        while (isOpening) samples.push(await load());
    })();
    const shown = await page.goto(address).then(() => readShown(page)).finally(() => (isOpening = false));
    await sampling;
    samples.push(await load());
    const last = samples.findLastIndex(({ as_of }) => as_of <= shown.taken);
    const next = samples.findIndex(({ as_of }) => as_of >= shown.taken);
    assert.ok(last >= 0 && next >= 0, `${address} is not of its time`);
    return { shown, before: samples[Math.max(last - 1, 0)], after: samples[next + 1] ?? samples[next] };
}

/** What a page shows, and what it is to show by its JSON, which is the same before and after. */
async function shownAndExpected(page, scheduler, address) {
    const { pathname: path, search, searchParams } = new URL(address, scheduler.url);
    const load = async () => (await fetch(scheduler.url + jsonPath(path) + search)).json();
    const place = { path: decodeURIComponent(path), query: Object.fromEntries(searchParams) };
    const expect = (json, now) => COMPARISONS[viewOf(path)](json, { now, ...place });
    return eventually(async () => {
        const { shown, before, after } = await openBetween(page, address, load);
        const [expected, later] = [before, after].map((json) => expect(json, shown.taken));
        return JSON.stringify(expected) === JSON.stringify(later) && { shown, expected };
    }, `the JSON of ${address} rests while the page is loaded`);
}

/** Fails where a page shows another title or other texts than its JSON has, or in another order. */
export async function assertShown(page, scheduler, address) {
    const { shown, expected } = await shownAndExpected(page, scheduler, address);
    assert.equal(shown.title, expected.title, address);
    for (const [i, block] of expected.main.entries()) {
        const read = shown.main[i];
        assert.deepEqual(read, chosen(laidOut(block), read), address);
    }
    assert.deepEqual(shown.main.slice(expected.main.length), [], `${address} shows more than its JSON has`);
}

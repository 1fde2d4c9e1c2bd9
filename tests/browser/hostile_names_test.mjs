// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** Names with a meaning for a browser, in every place where a worker can put one, on each page that links lead to. */
import assert from "node:assert/strict";
import { join } from "node:path";
import test, { after, before } from "node:test";

import { assertNoComplaints, launch, openPage } from "./support/browser.mjs";
import { Freshetd } from "./support/freshetd.mjs";
import { cleanUp, temporaryFolder } from "./support/programs.mjs";

const NAMES = [
    "\"><img src=x onerror=alert(1)><script>alert(2)</script>",
    "javascript:alert(3)//'-alert(4)-'",
    "</title></style></main><svg onload=alert(5)>&lt;script&gt;\u202e\x1b[2J\n",
];
const KINDS = 20; // of pages, at the least

let scheduler, browser, page, dialogs;

before(async () => {
    scheduler = await Freshetd.start(join(temporaryFolder(), "freshetd"));
    for (const [number, name] of NAMES.entries()) await fill(name, `run-${number}`);
    browser = await launch();
    page = await openPage(browser, scheduler.url);
    dialogs = [];
    page.on("dialog", (dialog) => {
        dialogs.push(dialog.message());
        return dialog.dismiss();
    });
});
after(cleanUp);

/** A task in each state, with attempts, a run and a log, and all their texts. */
async function fill(name, run_id) {
    const about = { run_id, program: name, command: name, host: name, pid: 1 };
    await scheduler.call("add_worker", { worker: name, info: [["host", name], ["first_task", name], ["run", about]] });
    for (const state of ["DONE", "FAILED", "RUNNING"]) {
        const task_id = name + state;
        await register(name, task_id, {});
        assert.equal((await scheduler.call("get_work", { worker: name })).task_id, task_id);
        await scheduler.call("set_task_status_message", { task_id, status_message: name });
        await scheduler.call("report_task_statistics", { task_id, statistics: { [name]: name } });
        await sendLog(name, task_id, run_id);
        if (state !== "RUNNING") await scheduler.call("add_task", { worker: name, task_id, status: state, expl: JSON.stringify(name) });
    }
    await register(name, name, { deps: [name + "DONE", name + "FAILED"] });
}

function register(name, task_id, more) {
    return scheduler.call("add_task", {
        worker: name, task_id, family: name, module: name, params: { [name]: name }, resources: { [name]: 1 }, tracking_url: name,
        accepts_messages: true, ...more,
    });
}

async function sendLog(name, task_id, run_id) {
    const address = `${scheduler.url}/api/v1/task/${encodeURIComponent(task_id)}/log?attempt=1&run=${run_id}&position=0`;
    assert.equal((await fetch(address, { method: "POST", body: name, headers: { "Content-Type": "text/plain" } })).status, 200);
}

/** The view and the names of its parameters. */
function kindOf(url) {
    const view = url.pathname.replace(/^\/(task|run)\/[^/]*/, "/$1/");
    return `${view}?${[...url.searchParams.keys()]}`;
}

/** The pages of the site to which the present one leads, without those that differ by their size only. */
async function links() {
    const all = await page.locator("a").evaluateAll((links) => links.map((link) => link.href?.baseVal ?? link.href));
    const urls = all.map((href) => new URL(href, page.url()));
    for (const { protocol } of urls) assert.match(protocol, /^https?:$/);
    return urls.filter((url) => url.origin === scheduler.url && !url.pathname.startsWith("/api/") && !/depth=[2-9]/.test(url.search));
}

function assertHarmless() {
    assert.deepEqual(dialogs, [], page.url());
    assertNoComplaints(page);
}

test("each page that links lead to from the overview opens no dialog, asks no other host and violates no policy", async () => {
    const visited = new Set(), kinds = new Set(), waiting = ["/"];
    while (waiting.length > 0) {
        const address = waiting.pop();
        const answer = await page.goto(address);
        assert.equal(answer.status(), 200, address);
        assert.equal(await page.locator("script").count(), 1);
        assert.equal(await page.locator("img, main script, iframe, object, embed, [onerror], [onload]").count(), 0);
        assertHarmless();
        kinds.add(kindOf(new URL(page.url())));
        for (const { pathname, search } of await links()) {
            if (visited.has(pathname + search)) continue;
            visited.add(pathname + search);
            waiting.push(pathname + search);
        }
    }
    assert.ok(kinds.size >= KINDS, [...kinds].join("\n"));
});

test("a name that comes by a live update is text", async () => {
    const task_id = NAMES[0] + "RUNNING";
    await page.goto(`/task/${encodeURIComponent(task_id)}`);
    await page.locator("p.connection").waitFor({ state: "attached" });
    const status_message = "<img src=x onerror=alert(6)><script>alert(7)</script>";
    await scheduler.call("set_task_status_message", { task_id, status_message });
    await page.getByText(status_message).first().waitFor();
    assertHarmless();
});

test("a button does what it says to a task of such a name", async () => {
    for (const name of NAMES) {
        await page.goto(`/task/${encodeURIComponent(name + "FAILED")}`);
        await page.locator("summary", { hasText: "Retry now" }).click();
        await page.getByRole("button", { name: "Retry now" }).click();
        await page.locator("h1 + p").getByText("PENDING").waitFor();
    }
    assertHarmless();
});

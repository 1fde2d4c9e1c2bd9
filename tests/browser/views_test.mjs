// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** Each view of a freshetd with a live GFS ingestion and a failing one, as a viewer sees it. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";

import { assertShown, COMPARISONS, listedViews, viewOf } from "./comparisons.mjs";
import { assertAccessible, assertNoComplaints, launch, LOOKS, openPage } from "./support/browser.mjs";
import { Freshetd } from "./support/freshetd.mjs";
import { CYCLES, Ingestion } from "./support/ingestion.mjs";
import { cleanUp, temporaryFolder } from "./support/programs.mjs";
import { VIEWS } from "./views.mjs";

const PICTURES = join(process.env.FRESHET_BIN, "../browser");

let scheduler, browser, ids;

before(async () => {
    const folder = temporaryFolder();
    scheduler = await Freshetd.start(join(folder, "freshetd"));
    await Ingestion.start(folder, scheduler);
    browser = await launch();
    mkdirSync(PICTURES, { recursive: true });
    ids = await findIds();
});
after(cleanUp);

async function findIds() {
    const first = async (filter) => Object.keys(await scheduler.call("task_list", filter))[0];
    const { runs: all } = await (await fetch(`${scheduler.url}/api/v1/runs`)).json();
    const runs = {}, roots = {};
    for (const [state, cycle] of Object.entries(CYCLES)) {
        runs[state] = `/run/${all.find(({ command }) => command.includes(cycle)).run_id}`;
        roots[state] = await first({ status: "", family: "IngestCycle", search: cycle });
    }
    return {
        failed: await first({ status: "FAILED" }),
        running: await first({ status: "RUNNING" }),
        done: await first({ status: "DONE" }),
        logged: await first({ status: "DONE", family: "FetchMessages" }),
        waiting: roots.live,
        roots,
        runs,
    };
}

test("each page of the route table, and of the navigation, is visited and compared with its JSON", async () => {
    const listed = (await listedViews(scheduler)).sort();
    assert.deepEqual(Object.keys(COMPARISONS).sort(), listed);
    assert.deepEqual([...new Set(VIEWS.map(([, address]) => viewOf(address(ids))))].sort(), listed);
    const page = await openPage(browser, scheduler.url);
    await page.goto("/");
    const navigation = await page.locator("header nav a").evaluateAll((links) => links.map((link) => link.pathname));
    for (const path of navigation) assert.ok(viewOf(path), path);
});

test("each view shows what its JSON has, value by value, and no more", async () => {
    const page = await openPage(browser, scheduler.url, { ...LOOKS[0], timezoneId: "UTC" });
    for (const [, address] of VIEWS) await assertShown(page, scheduler, address(ids));
    assertNoComplaints(page);
});

for (const look of LOOKS)
    test(`each view is shown without an error and without a violation of accessibility: ${look.name}`, async () => {
        const page = await openPage(browser, scheduler.url, look);
        for (const [name, address, text] of VIEWS) {
            const answer = await page.goto(address(ids));
            assert.equal(answer.status(), 200, name);
            await page.locator("main").getByText(text).first().waitFor();
            await assertAccessible(page);
            await page.screenshot({ path: join(PICTURES, `${name}-${look.name}.png`), fullPage: true });
        }
        assertNoComplaints(page);
    });

test("no view is wider than a phone", async () => {
    const page = await openPage(browser, scheduler.url, LOOKS.find(({ name }) => name === "phone"));
    for (const [name, address] of VIEWS) {
        await page.goto(address(ids));
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), name);
    }
});

test("the list of tasks shows those of the JSON with the same filter, which is in its address", async () => {
    const page = await openPage(browser, scheduler.url);
    await page.goto("/");
    await page.getByRole("link", { name: "Tasks", exact: true }).click();
    await page.getByLabel("State").selectOption("DONE");
    await page.getByLabel("Family").fill("ConvertLead");
    await page.getByLabel("Name or parameter").fill(CYCLES.complete);
    await page.getByRole("button", { name: "Filter" }).click();
    await page.waitForURL(/status=DONE/);
    assert.equal(new URL(page.url()).searchParams.get("family"), "ConvertLead");
    const links = await page.locator("table a").evaluateAll((all) => all.map((link) => decodeURIComponent(link.href.split("/task/")[1])));
    const listed = await scheduler.call("task_list", { status: "DONE", family: "ConvertLead", search: CYCLES.complete });
    assert.deepEqual(links.sort(), Object.keys(listed).sort());
    assert.equal(links.length, 3);
    assertNoComplaints(page);
});

test("a failed lead is found from the overview, its log is read and it is retried, in four clicks", async () => {
    const page = await openPage(browser, scheduler.url);
    await page.goto("/");
    await page.locator("#wrong").getByRole("link", { name: "FetchInventory" }).first().click();
    await page.locator("#error").getByText("status 403, no longer kept there").waitFor();
    await page.locator("table").getByRole("link", { name: "log" }).first().click();
    await page.getByRole("heading", { name: "Log of attempt 1" }).waitFor();
    assert.match(await page.locator("pre.log").innerText(), /403/);
    await page.getByRole("link", { name: "Retry it on its page" }).click();
    await page.getByRole("button", { name: "Retry now" }).click();
    await page.locator("h1 + p").getByText("PENDING").waitFor();
    const [status] = Object.values(await scheduler.tasks("FetchInventory", { search: CYCLES.failing, status: "PENDING" }));
    assert.equal(status.status, "PENDING");
    assertNoComplaints(page);
});

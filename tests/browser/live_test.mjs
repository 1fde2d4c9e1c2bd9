// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** live_test.mjs TOYS: a page that stays open is as the scheduler is, and leaves alone what its viewer is doing. */
import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import test, { after, before } from "node:test";

import { assertAccessible, assertNoComplaints, launch, LOOKS, openPage } from "./support/browser.mjs";
import { Freshetd } from "./support/freshetd.mjs";
import { cleanUp, eventually, start, temporaryFolder } from "./support/programs.mjs";

const TOYS = resolve(process.argv[2]);

let folder, scheduler, browser;

before(async () => {
    folder = temporaryFolder();
    scheduler = await Freshetd.start(join(folder, "freshetd"));
    browser = await launch();
});
after(cleanUp);

function toys(task, ...options) {
    return start(TOYS, ["run", task, "--root", temporaryFolder(), "--scheduler", scheduler.url, ...options], { cwd: folder });
}

/** Opens a page and marks it, so that it is known whether it is still the same document. */
async function open(address, options) {
    const page = await openPage(browser, scheduler.url, options);
    await page.goto(address);
    await page.evaluate(() => (window.mark = "the same"));
    return page;
}

async function assertSameDocument(page) {
    assert.equal(await page.evaluate(() => window.mark), "the same");
}

test("the overview shows a failure soon after it, and again when it is acknowledged elsewhere", async () => {
    const page = await open("/");
    await page.getByRole("heading", { name: "All is well" }).waitFor();
    await toys("Broken").ended;
    await page.getByRole("heading", { name: "1 problem needs attention" }).waitFor();
    await page.waitForFunction(() => document.title.startsWith("1 problem"));
    const { id } = await scheduler.task("Broken", "FAILED");
    await scheduler.call("acknowledge_failures", { task_id: id, before: Date.now() / 1000 });
    await page.getByRole("heading", { name: "All is well" }).waitFor();
    await assertSameDocument(page);
    assertNoComplaints(page);
});

test("focus, scroll position, unfolded actions and a half-filled form stay while a page changes", async () => {
    const parrot = toys("Parrot");
    const { id } = await scheduler.task("Parrot", "RUNNING");
    await eventually(async () => (await scheduler.task("Parrot", "RUNNING")).status_message, "it listens");
    const page = await open(`/task/${id}`, { ...LOOKS[0], viewport: { width: 900, height: 300 } });
    for (const label of ["Send a message", "Cancel the attempt"]) await page.locator("summary", { hasText: label }).click();
    await page.getByLabel("Message").pressSequentially("half a sen");
    await page.evaluate(() => scrollTo(0, 150));
    const position = () => page.getByLabel("Message").evaluate((field) => field.getBoundingClientRect().top);
    const before = await position();
    for (const message of ["first news", "second news"]) {
        await scheduler.call("set_task_status_message", { task_id: id, status_message: message });
        await page.locator("#facts").getByText(message).waitFor();
    }
    assert.equal(await position(), before);
    await page.keyboard.type("tence");
    assert.equal(await page.getByLabel("Message").inputValue(), "half a sentence");
    assert.equal(await page.locator("details[open]").count(), 2);
    await assertSameDocument(page);
    await page.getByLabel("Message").fill("stop");
    await page.getByRole("button", { name: "Send" }).click();
    assert.equal(await parrot.ended, 0, parrot.output);
    await page.locator("h1 + p").getByText("DONE").waitFor();
    assertNoComplaints(page);
});

test("a filter that is being typed stays while the list changes, and a focused link stays the same link", async () => {
    const page = await open("/tasks");
    const link = page.locator("table").getByRole("link", { name: "Parrot" });
    await link.focus();
    await page.getByLabel("Family").evaluate((field) => (field.value = "Chap"));
    await toys("Chapter", "--number", 7).ended;
    await page.locator("table").getByRole("link", { name: /^Chapter\(.*number=7/ }).waitFor();
    assert.equal(await page.getByLabel("Family").inputValue(), "Chap");
    assert.match(await page.evaluate(() => document.activeElement.textContent), /^Parrot/);
    await assertSameDocument(page);
    assertNoComplaints(page);
});

test("a lost connection is told, and the page mends itself when the scheduler is back", async () => {
    const page = await open("/tasks?status=PENDING");
    const status = page.getByRole("status");
    assert.equal(await status.getAttribute("aria-live"), "polite");
    await scheduler.kill();
    await status.getByText("Connection lost, trying again.").waitFor();
    await assertAccessible(page);
    await scheduler.start();
    await page.waitForFunction(() => document.querySelector(".connection").textContent === "");
    await scheduler.call("add_task", { worker: "w", task_id: "Late_1", family: "Late" });
    await page.locator("table").getByRole("link", { name: "Late" }).waitFor();
    await assertSameDocument(page);
});

test("times are shown in the zone of the viewer beside UTC", async () => {
    const page = await open("/tasks");
    const time = page.locator("td time").first();
    const [utc, local] = [await time.getAttribute("datetime"), await time.locator(".local").innerText()];
    const there = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Berlin", timeStyle: "medium" }).format(new Date(utc));
    assert.match(local, new RegExp(`\\b${there} (CES?T|GMT\\+[12])\\)$`));
    assert.ok((await time.innerText()).startsWith(utc.slice(11, 19)));
    for (const look of LOOKS) {
        const other = await open("/tasks", look);
        await assertAccessible(other);
        assert.ok(await other.evaluate(() => document.documentElement.scrollWidth <= innerWidth), look.name);
    }
});

test("without scripts a page is complete, and its actions work", async () => {
    const page = await openPage(browser, scheduler.url, { ...LOOKS[0], javaScriptEnabled: false });
    await page.goto("/tasks?family=Broken");
    await page.locator("table").getByRole("link", { name: "Broken" }).click();
    await page.locator("summary", { hasText: "Retry now" }).click();
    await page.getByRole("button", { name: "Retry now" }).click();
    await page.locator("h1 + p").getByText("PENDING").waitFor();
    assert.equal(await page.locator(".local, .connection").count(), 0);
    await scheduler.task("Broken", "PENDING");
});

test("a page asks no more often than once a second, however much changes", async () => {
    const page = await open("/tasks?status=RUNNING");
    const loads = [];
    page.on("request", (request) => request.url().endsWith("/tasks?status=RUNNING") && loads.push(Date.now()));
    let number = 0;
    await eventually(async () => {
        await scheduler.call("add_task", { worker: "w", task_id: `Many_${++number}`, family: "Many", status: "RUNNING" });
        return loads.length === 3;
    }, "three loads");
    for (let i = 1; i < loads.length; ++i) assert.ok(loads[i] - loads[i - 1] >= 990, `${loads}`);
    assertNoComplaints(page);
});

test("a page that cannot be seen holds no connection, and is brought up to date when it is seen again", async () => {
    const page = await open("/tasks?status=PENDING");
    const show = (isHidden) =>
        page.evaluate((value) => {
            Object.defineProperty(document, "hidden", { value, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }, isHidden);
    const isStream = (request) => request.url().endsWith("/events");
    const closed = page.waitForEvent("requestfailed", isStream);
    await show(true);
    await closed;
    await scheduler.call("add_task", { worker: "w", task_id: "Meanwhile_1", family: "Meanwhile" });
    const opened = page.waitForEvent("request", isStream);
    await show(false);
    await opened;
    await page.locator("table").getByRole("link", { name: "Meanwhile" }).waitFor();
    await assertSameDocument(page);
});

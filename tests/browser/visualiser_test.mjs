// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** visualiser_test.mjs TOYS: each tab and each button of Luigi's own page, unmodified, on a freshetd. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import test, { after, before } from "node:test";

import { launch, LOOKS, openPage } from "./support/browser.mjs";
import { Freshetd } from "./support/freshetd.mjs";
import { cleanUp, eventually, start, temporaryFolder } from "./support/programs.mjs";

const TOYS = resolve(process.argv[2]);
const PAGE = "/static/visualiser/index.html";

let folder, scheduler, browser, files;

before(async () => {
    files = visualiserFolder();
    folder = temporaryFolder();
    scheduler = await Freshetd.start(join(folder, "freshetd"), ["--visualiser-dir", files]);
    browser = await launch();
});
after(cleanUp);

/** The files of the page, in the Luigi that the tests have from PyPI. */
function visualiserFolder() {
    const { status, stdout } = spawnSync("tests/support/with_python", ["-c", "import luigi; print(luigi.__path__[0])"], { encoding: "utf8" });
    if (status === 77) {
        console.log(stdout);
        process.exit(77);
    }
    return join(stdout.trim(), "static/visualiser");
}

function toys(task, ...options) {
    return start(TOYS, ["run", task, "--root", temporaryFolder(), "--scheduler", scheduler.url, ...options], { cwd: folder });
}

/** Opens a tab. */
async function open(tab, options = LOOKS[0]) {
    const page = await openPage(browser, scheduler.url, options);
    await page.goto(`${PAGE}#tab=${tab}`);
    await page.waitForFunction(() => !document.querySelector(".fa-pulse"));
    return page;
}

/**
 * True for the faults of the page itself: it wants a font of another site, for which its policy does not let it ask, an icon
 * and a font that the package does not have; and jQuery looks which events there are by handlers that are not executed.
 */
function isItsOwn(complaint) {
    const [, missing] = complaint.match(/^console: \S*\/visualiser\/(\S+): .*status of 404/) ?? [];
    return complaint.includes("https://fonts.googleapis.com") || complaint.includes("/favicon.ico:") || (missing && !existsSync(join(files, missing.split("?")[0])))
        || (complaint.includes("/jquery-") && complaint.includes("inline event handler"));
}

function assertNothingElseIsBlocked(page) {
    assert.deepEqual(page.complaints.filter((complaint) => !isItsOwn(complaint)), []);
}

const row = (page, family) => page.locator("#taskTable tbody tr").filter({ hasText: family });

async function assertAudited(method, wanted) {
    const entry = await eventually(() => scheduler.audit(method).at(-1), `${method} is in the audit log`);
    const { status, arguments: given } = JSON.parse(entry);
    assert.equal(status, 200);
    for (const [name, value] of Object.entries(wanted)) assert.equal(given[name], value, name);
}

test("tasks: counts, the error of a failed task, and forgiving it", async () => {
    await toys("Broken").ended;
    const { id } = await scheduler.task("Broken", "FAILED");
    const page = await open("tasks");
    assert.equal(await page.locator("#FAILED_info .info-box-number").innerText(), "1");
    await page.locator("#FAILED_info").click();
    await row(page, "Broken").locator(".showError").click();
    await page.locator("#errorModal").getByText("beyond repair").waitFor();
    await page.locator("#errorModal .modal-footer button").click();
    await page.locator("#errorModal").waitFor({ state: "hidden" });
    await row(page, "Broken").locator(".forgiveFailures").click();
    await scheduler.task("Broken", "PENDING");
    await assertAudited("forgive_failures", { task_id: id });
    assertNothingElseIsBlocked(page);
});

test("tasks: marking as done", async () => {
    await toys("Flaky", "--failures", 9).ended;
    const { id } = await scheduler.task("Flaky", "FAILED");
    const page = await open("tasks");
    await row(page, "Flaky").locator(".markAsDone").click();
    await scheduler.task("Flaky", "DONE");
    await assertAudited("mark_as_done", { task_id: id });
    assertNothingElseIsBlocked(page);
});

test("tasks: enabling one again that its failures disabled", async () => {
    const report = { worker: "w", task_id: "Daily_1", family: "Daily", retry_policy_dict: { retry_count: 1 } };
    await scheduler.call("add_task", report);
    await scheduler.call("add_task", { ...report, status: "FAILED", expl: "no" });
    await scheduler.task("Daily", "DISABLED");
    const page = await open("tasks");
    await row(page, "Daily").locator(".re-enable-button").click();
    await scheduler.task("Daily", "PENDING", "FAILED");
    await assertAudited("re_enable_task", { task_id: "Daily_1" });
    assertNothingElseIsBlocked(page);
});

test("tasks: the status message of a running one, and a message to it with its response", async () => {
    const parrot = toys("Parrot");
    const { id } = await scheduler.task("Parrot", "RUNNING");
    await eventually(async () => (await scheduler.task("Parrot", "RUNNING")).status_message, "it says something");
    const page = await open("tasks");
    await row(page, "Parrot").locator(".statusMessage").click();
    await page.locator("#statusMessageModal").getByText("listening").waitFor();
    await page.locator("#statusMessageModal .modal-footer button").click();
    await page.locator("#statusMessageModal").waitFor({ state: "hidden" });
    await row(page, "Parrot").locator(".schedulerMessage").click();
    await page.locator("#schedulerMessageInput").fill("hello");
    await page.locator("#schedulerMessageAwaitResponse").check();
    await page.locator("#schedulerMessageButton").click();
    await page.locator("#schedulerMessageResponse").getByText("hello!").waitFor();
    await assertAudited("send_scheduler_message", { task: id });
    await page.locator("#schedulerMessageInput").fill("stop");
    await page.locator("#schedulerMessageAwaitResponse").uncheck();
    await page.locator("#schedulerMessageButton").click();
    assert.equal(await parrot.ended, 0, parrot.output);
    assertNothingElseIsBlocked(page);
});

test("tasks: the filters by family and on the server", async () => {
    const page = await open("tasks");
    await page.locator(".sidebar li[data-task=Parrot]").click();
    await page.locator("#taskTable tbody tr").filter({ hasText: "Broken" }).waitFor({ state: "detached" });
    assert.equal(await page.locator("#taskTable tbody tr").count(), 1);
    const other = await open("tasks&filterOnServer=1&search__search=Flaky");
    await row(other, "Flaky").waitFor();
    assert.equal(await other.locator("#DONE_info .info-box-number").innerText(), "1");
    for (const each of [page, other]) assertNothingElseIsBlocked(each);
});

test("graph: what a task requires and what requires it, as SVG and by D3", async () => {
    await toys("Mixed").ended;
    const [id] = Object.keys(await scheduler.tasks("Mixed"));
    const page = await open("graph");
    await page.locator("#js-task-id").fill(id);
    await page.getByRole("button", { name: "Show task details" }).click();
    await page.locator("#graphPlaceholder svg").getByText("Chapter").first().waitFor();
    await page.locator("#toggleVisButtons").getByText("D3").click();
    await page.locator("#graphPlaceholder .taskNode").filter({ hasText: "Chapter" }).first().waitFor();
    const [part] = Object.keys(await scheduler.tasks("Given"));
    await page.locator("#js-task-id").fill(part);
    await page.getByRole("button", { name: "Show task details" }).click();
    await page.locator("#invertCheckbox").check();
    await page.locator("#graphPlaceholder .taskNode").filter({ hasText: "Refine" }).first().waitFor();
    assertNothingElseIsBlocked(page);
});

test("workers: more and fewer processes, a given number, and no new tasks", async () => {
    const slow = toys("Slow", "--workers", 2);
    const { worker_running: worker } = await scheduler.task("Slow", "RUNNING");
    const page = await open("workers");
    const box = page.locator("#workerList .box").filter({ hasText: worker });
    const choose = async (label) => {
        await box.locator("button.btn-set-workers").click();
        await box.getByText(label).click();
    };
    await choose("Add 1 worker");
    await assertAudited("set_worker_processes", { worker, n: 3 });
    await choose("Remove 1 worker");
    await eventually(() => scheduler.audit("set_worker_processes").length === 2, "the second change");
    await assertAudited("set_worker_processes", { worker, n: 2 });
    await choose("Set workers ...");
    await page.locator("#setWorkersInput").fill("5");
    await page.locator("#setWorkersButton").click();
    await eventually(() => scheduler.audit("set_worker_processes").length === 3, "the third change");
    await assertAudited("set_worker_processes", { worker, n: 5 });
    await box.locator(".btn-disable-worker").click();
    await page.locator("#disableWorkerButton").click();
    await assertAudited("disable_worker", { worker });
    const found = (await scheduler.call("worker_list")).find(({ name }) => name === worker);
    assert.equal(found.state, "disabled");
    slow.kill("SIGINT");
    assertNothingElseIsBlocked(page);
});

test("resources: more and fewer of them, and a given number", async () => {
    const page = await open("resources");
    const box = page.locator("#resourceList .box").filter({ hasText: "scales" });
    const limit = async () => (await scheduler.call("resource_list")).find(({ name }) => name === "scales").num_total;
    const choose = async (label, wanted) => {
        await box.locator("button.btn-set-resources").click();
        await box.getByText(label).click();
        if (wanted === undefined) return;
        await eventually(async () => (await limit()) === wanted, `there are ${wanted} scales`);
        await box.getByText(`0/${wanted}`).waitFor({ state: "attached" });
    };
    await choose("Add 1 resource", 2);
    await choose("Remove 1 resource", 1);
    await choose("Set resources ...");
    await page.locator("#setResourcesInput").fill("7");
    await page.locator("#setResourcesButton").click();
    await eventually(async () => (await limit()) === 7, "there are 7 scales");
    await assertAudited("update_resource", { resource: "scales", amount: 7 });
    assertNothingElseIsBlocked(page);
});

test("pause: nothing is handed out until the scheduler runs again", async () => {
    const page = await open("tasks");
    const isPaused = async () => (await scheduler.call("is_paused")).paused;
    const toggle = page.locator("#pause-form .toggle");
    await toggle.click();
    await eventually(isPaused, "it is paused");
    await toggle.click();
    await eventually(async () => !(await isPaused()), "it runs");
    await assertAudited("unpause", {});
    assertNothingElseIsBlocked(page);
});

test("history: the tab leads to the history of all attempts", async () => {
    const page = await open("tasks");
    await page.locator("#topNavbar").getByText("History").waitFor();
    const href = await page.locator("#topNavbar a", { hasText: "History" }).getAttribute("href");
    await page.goto(new URL(href, page.url()).href);
    await page.locator("main").getByText("Parrot").first().waitFor();
    assertNothingElseIsBlocked(page);
});

test("a script in the text of a worker is not executed", async () => {
    await scheduler.call("add_task", { worker: "w", task_id: "Evil_1", family: "Evil", status: "RUNNING" });
    const markup = "<b>bold</b><img src=x onerror='window.harm = 1'><script>window.harm = 1</script>";
    await scheduler.call("set_task_status_message", { task_id: "Evil_1", status_message: markup });
    const page = await open("tasks");
    const blocked = () => page.complaints.filter((complaint) => complaint.includes("inline")).length;
    const before = blocked();
    await row(page, "Evil").locator(".statusMessage").click();
    await page.locator("#statusMessageModal b").waitFor();
    await eventually(() => blocked() > before, "it is blocked");
    assert.equal(await page.evaluate(() => window.harm), undefined);
});

test("a viewer without the role operate sees the page, and none of its buttons changes anything", async () => {
    const tokens = join(folder, "tokens");
    writeFileSync(tokens, `the-viewer view ${"view".repeat(8)}\n`, { mode: 0o600 });
    await scheduler.kill();
    scheduler.options = ["--token-file", tokens, "--visualiser-dir", files];
    await scheduler.start();
    const page = await open("tasks", { ...LOOKS[0], httpCredentials: { username: "me", password: "view".repeat(8) } });
    const refused = page.waitForResponse((answer) => answer.url().includes("/api/mark_as_done"));
    await row(page, "Evil").locator(".markAsDone").click();
    assert.equal((await refused).status(), 403);
});

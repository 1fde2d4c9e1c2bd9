// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** actions_test.mjs TOYS: each action of a page, clicked: what it changes and is shown, who is named in the audit log, and who may not. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import test, { after, before } from "node:test";

import { assertShown } from "./comparisons.mjs";
import { assertAccessible, assertNoComplaints, launch, LOOKS, openPage } from "./support/browser.mjs";
import { Freshetd } from "./support/freshetd.mjs";
import { cleanUp, eventually, start, temporaryFolder } from "./support/programs.mjs";

const TOYS = resolve(process.argv[2]);

let folder, scheduler, browser, page;

before(async () => {
    folder = temporaryFolder();
    scheduler = await Freshetd.start(join(folder, "freshetd"));
    browser = await launch();
    page = await openPage(browser, scheduler.url, { ...LOOKS[0], timezoneId: "UTC" });
});
after(cleanUp);

/** Starts a run of a task in a folder of its own. */
function toys(task, ...options) {
    return start(TOYS, ["run", task, "--root", temporaryFolder(), "--scheduler", scheduler.url, ...options], { cwd: folder });
}

/** After an action, the overview and the page of the action show what their JSON has. */
async function assertConsistent(address) {
    for (const each of ["/", address]) await assertShown(page, scheduler, each);
    assertNoComplaints(page);
}

/** Presses the button of a form, and waits for the page to which it leads. */
async function press(button) {
    const loaded = page.waitForEvent("load");
    await button.click();
    await loaded;
}

/** The same on another page; `inside` is a part of it. */
async function actOn(address, label, fill = async () => {}, inside = page.locator("main")) {
    await page.goto(address);
    const action = inside.locator("details.action").filter({ has: page.locator("summary", { hasText: label }) }).first();
    await action.locator("summary").click();
    await action.getByRole("button").waitFor();
    await fill(action);
    await press(action.getByRole("button"));
    await assertConsistent(address);
}

/** Unfolds the action on the page of a task, fills in what it asks for, and presses its button. */
async function act(task, label, fill = async () => {}) {
    await page.goto(`/task/${task.id}`);
    const action = page.locator("details.action").filter({ has: page.locator("summary", { hasText: label }) });
    await action.locator("summary").click();
    await action.getByRole("button").waitFor();
    await fill(action);
    await press(action.getByRole("button"));
    await assertConsistent(`/task/${task.id}`);
}

function assertAudited(method, task) {
    const entry = JSON.parse(scheduler.audit(method).at(-1));
    assert.equal(entry.status, 303);
    assert.equal(entry.actor, "anybody");
    assert.equal(entry.arguments.task_id ?? entry.arguments.task, task.id);
}

test("each action says what it does before its button can be pressed, and looks well unfolded", async () => {
    await toys("Broken").ended;
    const task = await scheduler.task("Broken", "FAILED");
    for (const look of LOOKS) {
        const own = await openPage(browser, scheduler.url, look);
        await own.goto(`/task/${task.id}`);
        for (const action of await own.locator("details.action").all()) {
            assert.ok(!(await action.getByRole("button").isVisible()));
            await action.locator("summary").click();
            assert.ok((await action.locator("p").innerText()).length > 20);
        }
        await assertAccessible(own);
        assertNoComplaints(own);
        await own.context().close();
    }
});

test("acknowledge: the failure is no alert any more", async () => {
    const task = await scheduler.task("Broken", "FAILED");
    await page.goto("/");
    await page.locator("#wrong").getByText("Broken").first().waitFor();
    await act(task, "Acknowledge");
    assertAudited("acknowledge_failures", task);
    await eventually(async () => {
        await page.goto("/");
        return (await page.locator("#wrong").count()) === 0;
    }, "the overview has no alert");
    assert.match(await page.locator("main").innerText(), /1 failure is acknowledged/);
});

test("retry: a failed task waits for a worker", async () => {
    const task = await scheduler.task("Broken", "FAILED");
    await act(task, "Retry now");
    await scheduler.task("Broken", "PENDING");
    assertAudited("retry_tasks", task);
    assert.match(await page.locator("main").innerText(), /PENDING/);
});

test("retry of all: the failed tasks of a family wait for a worker", async () => {
    for (const number of [1, 2]) {
        const report = { worker: "w", task_id: `Weekly_${number}`, family: "Weekly" };
        await scheduler.call("add_task", report);
        await scheduler.call("add_task", { ...report, status: "FAILED", expl: "no" });
    }
    await page.goto("/");
    await press(page.getByRole("button", { name: "Retry all of Weekly" }));
    const statuses = async () => Object.values(await scheduler.tasks("Weekly")).map(({ status }) => status).join();
    await eventually(async () => (await statuses()) === "PENDING,PENDING", "both are tried again");
    assert.equal(JSON.parse(scheduler.audit("retry_tasks").at(-1)).arguments.family, "Weekly");
    await assertConsistent("/");
    for (const number of [1, 2]) await scheduler.call("add_task", { worker: "w", task_id: `Weekly_${number}`, family: "Weekly", status: "DONE" });
});

test("priority: a waiting task gets it", async () => {
    const task = await scheduler.task("Broken", "PENDING");
    await act(task, "Set the priority", (action) => action.getByLabel("Priority").selectOption("100"));
    assert.equal((await scheduler.task("Broken", "PENDING")).priority, 100);
    assertAudited("set_task_priority", task);
});

test("mark as done: a failed task counts as done", async () => {
    await toys("Flaky", "--failures", 9).ended;
    const task = await scheduler.task("Flaky", "FAILED");
    await act(task, "Mark as done");
    await scheduler.task("Flaky", "DONE");
    assertAudited("mark_as_done", task);
});

test("message: a task that runs gets the text", async () => {
    const parrot = toys("Parrot");
    const task = await scheduler.task("Parrot", "RUNNING");
    await eventually(async () => (await scheduler.task("Parrot", "RUNNING")).accepts_messages, "it listens");
    await act(task, "Send a message", (action) => action.getByLabel("Message").fill("stop"));
    assertAudited("send_scheduler_message", task);
    assert.equal(await parrot.ended, 0, parrot.output);
    await scheduler.task("Parrot", "DONE");
});

test("cancel: the attempt ends, and is not tried again", async () => {
    const slow = toys("Slow");
    const task = await scheduler.task("Slow", "RUNNING");
    await act(task, "Cancel the attempt");
    await scheduler.task("Slow", "FAILED");
    assertAudited("cancel_task", task);
    assert.notEqual(await slow.ended, 0);
});

test("re-enable: a task that its failures disabled is retried", async () => {
    const report = { worker: "w", task_id: "Daily_1", family: "Daily", retry_policy_dict: { retry_count: 1 } };
    await scheduler.call("add_task", report);
    await scheduler.call("add_task", { ...report, status: "FAILED", expl: "no" });
    const task = await scheduler.task("Daily", "DISABLED");
    await act(task, "Re-enable");
    await scheduler.task("Daily", "PENDING", "FAILED");
    assertAudited("re_enable_task", task);
});

test("workers: the scheduler is paused and goes on, a worker is resized and drained", async () => {
    await actOn("/workers", "Pause the scheduler");
    assert.equal((await scheduler.call("is_paused")).paused, true);
    await actOn("/workers", "Unpause the scheduler");
    assert.equal((await scheduler.call("is_paused")).paused, false);
    const narrator = toys("Narrator");
    const { worker_running: worker } = await scheduler.task("Narrator", "RUNNING");
    const row = page.locator("tr", { hasText: worker });
    await actOn("/workers", "Resize", (action) => action.getByRole("spinbutton").fill("3"), row);
    const resized = JSON.parse(await eventually(() => scheduler.audit("set_worker_processes").at(-1), "it is audited"));
    assert.equal(resized.arguments.worker, worker);
    await actOn("/workers", "Drain", undefined, row);
    const { state } = (await scheduler.call("worker_list")).find(({ name }) => name === worker);
    assert.equal(state, "disabled");
    narrator.kill("SIGINT");
    for (const method of ["pause", "unpause", "disable_worker"]) assert.equal(scheduler.audit(method).length >= 1, true, method);
});

test("resources: a limit is set, and one is given to another resource", async () => {
    const limit = async (resource) => (await scheduler.call("resource_list")).find(({ name }) => name === resource)?.num_total;
    const row = page.locator("tr", { hasText: "scales" });
    await actOn("/resources", "Set the limit", (action) => action.getByLabel("Limit").fill("5"), row);
    assert.equal(await limit("scales"), 5);
    await actOn("/resources", "Limit another resource", async (action) => {
        await action.getByRole("textbox").fill("licences");
        await action.getByLabel("Limit").fill("2");
    });
    assert.equal(await limit("licences"), 2);
    assert.equal(scheduler.audit("update_resource").length, 2);
});

test("run again: a worker makes the output of a done task once more", async () => {
    await toys("Chapter", "--number", 7).ended;
    const task = await scheduler.task("Chapter", "DONE");
    await page.goto(`/task/${task.id}`);
    await page.getByText(`--rerun ${task.id}`).waitFor();
    start(TOYS, ["work", "--idle", 600, "--scheduler", scheduler.url], { cwd: folder });
    await eventually(async () => {
        await page.goto(`/task/${task.id}`);
        return (await page.locator("summary", { hasText: "Run again" }).count()) === 1;
    }, "a worker can be asked");
    await act(task, "Run again", (action) => action.locator("select").selectOption({ label: "this task" }));
    assertAudited("rerun_task", task);
    await eventually(async () => {
        const { attempts, live } = await (await fetch(`${scheduler.url}/api/v1/task/${task.id}`)).json();
        return attempts.length === 2 && live.status === "DONE";
    }, "it has run twice");
});

test("a viewer without the role operate sees the same pages without actions, and may not act by the API", async () => {
    const tokens = join(folder, "tokens");
    const token = Object.fromEntries(["view", "operate"].map((role) => [role, role.repeat(8)]));
    writeFileSync(tokens, Object.entries(token).map(([role, text]) => `the-${role} ${role} ${text}\n`).join(""), { mode: 0o600 });
    await scheduler.kill();
    scheduler.options = ["--token-file", tokens];
    await scheduler.start();
    const open = (role) => openPage(browser, scheduler.url, { ...LOOKS[0], httpCredentials: { username: "me", password: token[role] } });
    const [viewer, operator] = [await open("view"), await open("operate")];
    for (const each of [viewer, operator]) await each.goto("/tasks?family=Slow");
    for (const each of [viewer, operator]) await each.locator("table").getByRole("link", { name: "Slow" }).click();
    await viewer.getByRole("heading", { level: 1, name: "Slow" }).waitFor();
    assert.equal(await viewer.getByRole("button").count(), 0);
    const task_id = decodeURIComponent(viewer.url().split("/task/")[1]);
    const refused = await viewer.request.post("/api/mark_as_done", { form: { data: JSON.stringify({ task_id }) } });
    assert.equal(refused.status(), 403);
    await operator.locator("summary", { hasText: "Mark as done" }).click();
    await operator.getByRole("button", { name: "Mark as done" }).click();
    await operator.getByText("DONE").first().waitFor();
    assert.equal(JSON.parse(scheduler.audit("mark_as_done").at(-1)).actor, "the-operate");
    for (const each of [viewer, operator]) assertNoComplaints(each);
});

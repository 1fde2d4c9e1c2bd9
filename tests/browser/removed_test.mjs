// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** removed_test.mjs TOYS: of tasks that the scheduler has removed, the pages show what their JSON has. */
import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import test, { after } from "node:test";

import { assertShown } from "./comparisons.mjs";
import { assertNoComplaints, launch, LOOKS, openPage } from "./support/browser.mjs";
import { Freshetd } from "./support/freshetd.mjs";
import { cleanUp, eventually, start, temporaryFolder } from "./support/programs.mjs";

const TOYS = resolve(process.argv[2]);

const CONFIG = `
[scheduler]
remove_delay = 1
worker_disconnect_delay = 1
retry_delay = 3600
`;

after(cleanUp);

test("runs that are done, and that have failed, are shown as their JSON has them after their tasks were removed", async () => {
    const folder = temporaryFolder();
    const scheduler = await Freshetd.start(join(folder, "freshetd"), [], CONFIG);
    const page = await openPage(await launch(), scheduler.url, { ...LOOKS[0], timezoneId: "UTC" });
    const get = async (path) => (await fetch(`${scheduler.url}/api/v1${path}`)).json();
    for (const task of ["Book", "Broken"])
        await start(TOYS, ["run", task, "--root", temporaryFolder(), "--scheduler", scheduler.url], { cwd: folder }).ended;
    await scheduler.call("acknowledge_failures", { family: "Broken" });  // what has failed is kept before
    await eventually(async () => (await get("/overview")).total === 0, "all tasks are removed");
    const { attempts } = await get("/history"), { runs } = await get("/runs");
    assert.ok(attempts.length > 2);
    const roots = (await get("/grid?root=Book")).runs.map(({ root }) => root.task_id);
    const tasks = [...new Set(attempts.map(({ task_id }) => task_id))].map((id) => `/task/${id}`);
    const places = [...tasks, ...runs.map(({ run_id }) => `/run/${run_id}`), ...roots.map((root) => `/graph?run=${root}`)];
    for (const address of ["/", "/grid?root=Book", "/grid?root=Broken", "/graph", "/tasks", "/workers", ...places])
        await assertShown(page, scheduler, address);
    assertNoComplaints(page);
});

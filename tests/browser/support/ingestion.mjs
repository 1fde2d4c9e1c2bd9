// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** GFS cycles on one freshetd: one is complete, one is under way, and of one upstream refuses a lead. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { bin, eventually, run, start } from "./programs.mjs";

const LEADS = "0-2";
export const CYCLES = { complete: "2026-08-21T00", live: "2026-08-21T06", failing: "2026-08-21T12" };

const path = (cycle, lead = "*") => `*gfs.${cycle.slice(0, 10).replaceAll("-", "")}/${cycle.slice(11)}/atmos/*.f${lead}`;

export class Ingestion {
    constructor(folder, scheduler) {
        this.folder = folder;
        this.scheduler = scheduler;
    }

    /** Returns once the three are as they should be. */
    static async start(folder, scheduler) {
        const ingestion = new Ingestion(folder, scheduler);
        await ingestion.startMirror();
        await ingestion.ingest(CYCLES.complete).ended;
        await ingestion.setFaults([
            { kind: "slow", rate: 1500, path: path(CYCLES.live), method: "GET" },
            { kind: "status", status: 403, path: path(CYCLES.failing, "001") },
        ]);
        ingestion.live = ingestion.ingest(CYCLES.live);
        const failed = await ingestion.ingest(CYCLES.failing).ended;
        if (failed === 0) throw new Error("the ingestion of a cycle of which a lead is refused succeeds");
        await eventually(() => ingestion.hasRunning(), "a lead of the live cycle is fetched");
        return ingestion;
    }

    async startMirror() {
        const source = join(this.folder, "source"), portFile = join(this.folder, "port");
        for (const cycle of Object.values(CYCLES))
            await run(bin("gfs-simulator"), ["make", source, "--cycle", cycle, "--leads", LEADS, "--grid", "small"]);
        start(bin("gfs-simulator"), ["serve", source, "--port", "0", "--port-file", portFile]);
        const port = await eventually(() => readIfThere(portFile), "the mirror listens");
        this.mirror = `http://127.0.0.1:${port.trim()}/`;
    }

    async setFaults(faults) {
        await fetch(`${this.mirror}_mirror/faults`, { method: "POST", body: JSON.stringify({ faults }) });
    }

    ingest(cycle) {
        return start(bin("gfs"), ["run", "IngestCycle", "--cycle", cycle, "--leads", LEADS, "--source", this.mirror,
            "--root", join(this.folder, "data"), "--scheduler", this.scheduler.url, "--workers", "2"], { cwd: this.folder });
    }

    async hasRunning() {
        const running = await this.scheduler.call("task_list", { status: "RUNNING", search: CYCLES.live });
        return Object.keys(running).length > 0;
    }
}

function readIfThere(file) {
    try {
        return readFileSync(file, "utf8");
    } catch {
        return "";
    }
}

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** A real freshetd on a free port of 127.0.0.1, with its audit log. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { bin, eventually, freePort, start } from "./programs.mjs";

const CONFIG = `
[scheduler]
retry_delay = 3600

[resources]
scales = 1
`;

export class Freshetd {
    constructor(folder, port, options = []) {
        this.folder = folder;
        this.url = `http://127.0.0.1:${port}`;
        this.port = port;
        this.options = options;
    }

    /** Starts one with an empty state in `folder`; returns when it answers. */
    static async start(folder, options = [], config = CONFIG) {
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, "freshetd.toml"), config);
        const scheduler = new Freshetd(folder, await freePort(), options);
        await scheduler.start();
        return scheduler;
    }

    /** Starts it, at the same address and with the state that it had. */
    async start() {
        const files = ["--state-path", "freshetd.sqlite", "--config", "freshetd.toml", "--logdir", "."];
        this.process = start(bin("freshetd"), ["--address", "127.0.0.1", "--port", this.port, ...files, ...this.options],
            { cwd: this.folder });
        await eventually(() => fetch(this.url, { method: "HEAD" }).then(() => true, () => this.fail()), "freshetd answers");
    }

    fail() {
        if (this.process.exitCode !== null) throw new Error(`freshetd ended: ${this.process.output}`);
        return false;
    }

    kill() {
        this.process.kill("SIGKILL");
        return this.process.ended;
    }

    /** The response to a call of a method. */
    async call(method, args = {}) {
        const body = new URLSearchParams({ data: JSON.stringify(args) });
        const answer = await fetch(`${this.url}/api/${method}`, { method: "POST", body });
        const json = await answer.json();
        if (!answer.ok) throw new Error(`${method}: ${answer.status} ${json.error}`);
        return json.response;
    }

    /** The tasks of a family, by their ids. */
    tasks(family, filter = {}) {
        return this.call("task_list", { status: "", family, ...filter });
    }

    /** The only task of a family, with its id, once it is in one of the states. */
    task(family, ...states) {
        return eventually(async () => {
            const [[id, task] = []] = Object.entries(await this.tasks(family));
            return states.includes(task?.status) && { id, ...task };
        }, `a task ${family} is ${states.join(" or ")}`);
    }

    /** The entries of the audit log for a method. */
    audit(method) {
        return readFileSync(join(this.folder, "audit.log"), "utf8")
            .split("\n")
            .filter((line) => line.includes(`api.${method}`));
    }
}

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** The programs of a test, its folder, and waiting for what they do. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** The path of a program that the project builds. */
export const bin = (name) => resolve(process.env.FRESHET_BIN ?? "build/dev/bin", name);

/** What is to be ended or removed after the tests, newest first. */
const cleanups = [];

export function afterwards(cleanup) {
    cleanups.unshift(cleanup);
}

export async function cleanUp() {
    for (const cleanup of cleanups.splice(0)) await cleanup();
}

/** The programs that run; they end with this one, however it ends. */
const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => process.exit(1));

/** A temporary folder, removed afterwards. */
export function temporaryFolder() {
    const folder = mkdtempSync(join(tmpdir(), "freshet-browser-"));
    afterwards(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
}

export function freePort() {
    return new Promise((found) => {
        const probe = createServer().listen(0, "127.0.0.1", () => {
            const { port } = probe.address();
            probe.close(() => found(port));
        });
    });
}

/** Starts a program, which is killed afterwards; `output` is all that it has printed. */
export function start(program, args, options = {}) {
    const child = spawn(program, args.map(String), { stdio: ["ignore", "pipe", "pipe"], ...options });
    running.add(child);
    child.on("close", () => running.delete(child));
    child.output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (child.output += text));
    child.ended = new Promise((ended) => child.on("close", (code, signal) => ended(code ?? signal)));
    afterwards(() => {
        child.kill("SIGKILL");
        return child.ended;
    });
    return child;
}

/** Runs a program to its end, which must be success. */
export async function run(program, args, options) {
    const child = start(program, args, options);
    const status = await child.ended;
    if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status}:\n${child.output}`);
    return child.output;
}

/** Returns what `look` returns once that is true; fails after so many seconds, saying what it waited for. */
export async function eventually(look, what, seconds = 30) {
    const deadline = Date.now() + 1000 * seconds;
    for (;;) {
        const found = await look();
        if (found) return found;
        if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s`);
        await new Promise((wake) => setTimeout(wake, 50));
    }
}

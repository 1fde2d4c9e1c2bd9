// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** Keeps a page of the dashboard as the scheduler is. Without this script, a page shows the time at which it was made. */
import { Connection } from "./connection";
import { showLocalTimes } from "./local_time";
import { loadPage, shownAt, showPage } from "./page";

const pause = (milliseconds: number) => new Promise((wake) => setTimeout(wake, milliseconds));

/** The page rests ten times as long as the server needed for it, within these bounds. */
const REST = 10;
const SHORTEST_REST = 1000;
const LONGEST_REST = 10_000;

let changedAt = 0;
let isUpdating = false;

async function update(): Promise<void> {
    if (isUpdating) return;
    isUpdating = true;
    while (changedAt >= shownAt() && !document.hidden) {
        const began = performance.now();
        const page = await loadPage().catch(() => undefined); // lost connections are told by the stream
        const rest = REST * (performance.now() - began);
        if (page) showPage(page);
        await pause(Math.min(Math.max(rest, SHORTEST_REST), LONGEST_REST));
    }
    isUpdating = false;
}

/** The line that tells of a lost connection; there from the start, so that screen readers read out what comes into it. */
function addStatusLine(): HTMLElement {
    const line = document.createElement("p");
    line.className = "connection";
    line.setAttribute("role", "status");
    line.setAttribute("aria-live", "polite");
    document.querySelector("header.top")?.append(line);
    return line;
}

function main(): void {
    const home = document.querySelector<HTMLAnchorElement>("a.brand")?.href ?? "/";
    const line = addStatusLine();
    showLocalTimes(document);
    new Connection(
        new URL("events", home),
        (time) => {
            changedAt = time;
            void update();
        },
        (isLost) => (line.textContent = isLost ? "Connection lost, trying again." : ""),
    );
}

main();

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
import { showLocalTimes } from "./local_time";
import { morph } from "./morph";

/** The parts of a page that change, as selectors. */
const PARTS = ["title", "link[rel=icon]", "header .taken", "main"];

/** The time at which the page was made, in milliseconds since 1970. */
export function shownAt(): number {
    const time = document.querySelector<HTMLTimeElement>("header .taken time");
    return time ? Date.parse(time.dateTime) : Infinity;
}

/** Loads the present page; throws unless there is one. */
export async function loadPage(): Promise<Document> {
    const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
    if (!answer.headers.get("Content-Type")?.startsWith("text/html")) throw new Error(`status ${answer.status}`);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Shows another state of the same page, with focus, scroll position, unfolded parts and filled forms as they are. */
export function showPage(fresh: Document): void {
    showLocalTimes(fresh);
    const focused = document.activeElement;
    for (const part of PARTS) {
        const [have, want] = [document.querySelector(part), fresh.querySelector(part)];
        if (have && want) morph(have, want);
    }
    if (focused instanceof HTMLElement && focused.isConnected && focused !== document.activeElement)
        focused.focus({ preventScroll: true });
}

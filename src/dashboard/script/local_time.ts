// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0

const TIME: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" };
const DATE: Intl.DateTimeFormatOptions = { month: "short", day: "numeric" };

/** Adds the time in the viewer's zone to each time of a document, unless that is UTC. */
export function showLocalTimes(page: Document): void {
    for (const element of page.querySelectorAll<HTMLTimeElement>("time[datetime]")) {
        const time = new Date(element.dateTime);
        if (Number.isNaN(time.valueOf()) || time.getTimezoneOffset() === 0) continue;
        const local = page.createElement("span");
        local.className = "local";
        local.textContent = ` (${format(time)})`;
        element.append(local);
    }
}

/** With its date where that differs from the one in UTC. */
function format(time: Date): string {
    const isOtherDay = time.getDate() !== time.getUTCDate();
    return new Intl.DateTimeFormat(undefined, isOtherDay ? { ...DATE, ...TIME } : TIME).format(time);
}

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** What the history of attempts shows. */
import { address, attemptBadge, link, messageOf, shortDuration, taskLink, time } from "./words.mjs";
import { ATTEMPTS_HEAD } from "./run.mjs";

const FIELDS = ["status", "family", "text", "error", "since", "until"];

export function history({ has_history, attempts, searched_until, next_after }, { now, query }) {
    const filter = Object.fromEntries(FIELDS.map((name) => [name, query[name] ?? ""]));
    const row = (attempt) => [taskLink(attempt), attemptBadge(attempt), String(attempt.number),
        time(attempt.started, now), attempt.ended ? shortDuration(attempt.duration) : "", messageOf(attempt)];
    const searched = searched_until ? `Searched back to ${time(searched_until, now)}. ` : "";
    const older = ["text", searched + link("Older attempts", address("/history", { ...filter, after: next_after }))];
    const none = ["p", next_after ? "No attempt matches so far." : "No attempt matches."];
    const found = [attempts.length > 0 ? ["table", "Attempts", ATTEMPTS_HEAD, ...attempts.map(row)] : none, ...(next_after ? [older] : [])];
    return {
        title: "History · Freshet",
        main: [["h1", "History"], ["form", ...FIELDS.map((name) => `${name}=${filter[name]}`)],
            ...(has_history ? found : [["p", "The history cannot be read."]])],
    };
}

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** What the page of an attempt's log shows. */
import { address, joined, link } from "./words.mjs";

export function log(json, { path }) {
    const { task_id, name, status, attempt, run_id: run, previous_offset, next_offset, end, note_before, text, note, logs } = json;
    const part = (label, query) => link(label, address(path, { attempt, run, ...query }));
    const earlier = previous_offset === null ? "" : joined(part("Begin", { offset: "0" }), part("Earlier", { offset: String(previous_offset) }));
    const parts = joined(earlier, next_offset < end && part("Later", { offset: next_offset }), part("End", {}),
        link("As text", address(`/api/v1${path}`, { attempt, run, offset: "0", format: "text" })));
    const others = logs.map((other) => {
        const isShown = other.attempt === attempt && other.run_id === run;
        return isShown ? String(attempt) : link(other.attempt, address(path, { attempt: other.attempt, run: other.run_id }));
    });
    return {
        title: `Log of attempt ${attempt} · Freshet`,
        main: [["h1", `Log of attempt ${attempt}`], ["p", joined(link(name, `/task/${task_id}`), status === "FAILED" && link("Retry it on its page", `/task/${task_id}#retry`))],
            ...(logs.length > 1 ? [["text", joined("Attempts with a log:", ...others)]] : []), ["text", parts],
            ...(note_before ? [["p", note_before]] : []), ["pre", text],
            ...(note ? [["p", note]] : [])],
    };
}

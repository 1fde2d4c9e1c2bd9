// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** What the page of an attempt's log shows. */
import { address, joined, link } from "./words.mjs";

const PIECE = 128 * 1024;

/** The offset of the part before the one that is shown. */
function offsetBefore({ offset, left_out, end, next_offset, text }) {
    return Math.max(0, (left_out > 0 && next_offset === end ? offset - left_out : offset) - PIECE);
}

export function log(json, { path }) {
    const { task_id, attempt, run_id: run, offset, next_offset, end, left_out, text, note, logs } = json;
    const part = (label, query) => link(label, address(path, { attempt, run, ...query }));
    const parts = joined(offset > 0 && part("Begin", { offset: "0" }), offset > 0 && part("Earlier", { offset: String(offsetBefore(json)) }),
        next_offset < end && part("Later", { offset: next_offset }), part("End", {}),
        link("As text", address(`/api/v1${path}`, { attempt, run, offset: "0", format: "text" })));
    const others = logs.map((other) => {
        const isShown = other.attempt === attempt && other.run_id === run;
        return isShown ? String(attempt) : link(other.attempt, address(path, { attempt: other.attempt, run: other.run_id }));
    });
    return {
        title: `Log of attempt ${attempt} · Freshet`,
        main: [["h1", `Log of attempt ${attempt}`], ["p", link(task_id, `/task/${task_id}`)],
            ...(logs.length > 1 ? [["text", joined("Attempts with a log:", ...others)]] : []), ["text", parts],
            ...(left_out > 0 && offset > 0 ? [["p", `... ${left_out} bytes before this are left out`]] : []), ["pre", text],
            ...(note ? [["p", note]] : [])],
    };
}

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/**
 * All that a page shows, as text: its title, the time of its content, and the blocks of its main part in their order. A
 * block is a kind and a text, or texts. In a text, a link is [text](address), a button <text>, a line <points>, and a badge
 * has its sign. What is folded is unfolded first, and nothing else that a viewer cannot see is read.
 */
import { readFileSync } from "node:fs";

const SCRIPT = readFileSync(new URL("page_texts.js", import.meta.url), "utf8");

/** Reads it at once, so that no part is older than another. */
export function readShown(page) {
    return page.evaluate(SCRIPT);
}

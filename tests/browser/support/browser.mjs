// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** Chromium as a viewer has it: what it complains of, and what axe finds, fails the test. */
import assert from "node:assert/strict";

import { axe, chromium } from "./packages.mjs";
import { afterwards } from "./programs.mjs";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"];

/** Screen, colours and name of each way to look at a page. */
export const LOOKS = [
    { name: "light", viewport: { width: 1280, height: 900 }, colorScheme: "light" },
    { name: "dark", viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
    { name: "phone", viewport: { width: 390, height: 844 }, colorScheme: "light", isMobile: true, hasTouch: true },
];

export async function launch() {
    const browser = await chromium.launch({ executablePath: process.env.FRESHET_CHROMIUM, args: FLAGS });
    afterwards(() => browser.close());
    return browser;
}

/** A page of its own profile. `complaints` collects errors of the console, and requests to another host than `origin`. */
export async function openPage(browser, origin, options = LOOKS[0]) {
    const context = await browser.newContext({ timezoneId: "Europe/Berlin", locale: "en-GB", baseURL: origin, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.complaints = [];
    page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) page.complaints.push(`console: ${message.location().url}: ${message.text().slice(0, 300)}`);
    });
    page.on("pageerror", (error) => page.complaints.push(`script: ${error.message}`));
    page.on("request", (request) => {
        const url = new URL(request.url());
        if (!["data:", "blob:"].includes(url.protocol) && url.origin !== origin) page.complaints.push(`request: ${url}`);
    });
    return page;
}

export function assertNoComplaints(page) {
    assert.deepEqual(page.complaints, []);
}

/** Fails with each rule of WCAG 2.2 AA, or good practice, that the page violates. */
export async function assertAccessible(page) {
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] }));
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => `${node.html} (${node.failureSummary})`)}`);
    assert.deepEqual(found, [], `${page.url()} violates rules of axe`);
}

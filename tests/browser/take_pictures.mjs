// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The pictures of the manuals, taken anew: build the target gfs, then
 *   FRESHET_BIN=build/dev/bin tests/support/with_browser tests/browser/take_pictures.mjs
 */
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

import { launch, openPage } from "./support/browser.mjs";
import { Freshetd } from "./support/freshetd.mjs";
import { Ingestion } from "./support/ingestion.mjs";
import { cleanUp, run, temporaryFolder } from "./support/programs.mjs";

const FOLDER = resolve("src/dashboard/pictures");
const SCREEN = { viewport: { width: 960, height: 600 }, colorScheme: "light" };

/** 64 colours are enough, and take a third of the space. */
const SHRINK = "import sys; from PIL import Image; Image.open(sys.argv[1]).convert('RGB').quantize(64).save(sys.argv[1], optimize=True)";

async function picture(page, name) {
    const path = join(FOLDER, `${name}.png`);
    await page.screenshot({ path });
    await run("tests/support/with_python", ["-c", SHRINK, path]);
}

async function main() {
    const folder = temporaryFolder();
    const scheduler = await Freshetd.start(join(folder, "freshetd"));
    await Ingestion.start(folder, scheduler);
    const page = await openPage(await launch(), scheduler.url, SCREEN);
    mkdirSync(FOLDER, { recursive: true });
    await page.goto("/");
    await picture(page, "overview");
    await page.locator("#wrong").getByRole("link", { name: "FetchInventory" }).first().click();
    await page.locator("summary", { hasText: "Retry now" }).click();
    await picture(page, "failed_task");
}

await main().finally(cleanUp);

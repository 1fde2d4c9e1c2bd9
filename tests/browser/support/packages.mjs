// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** The packages of npm, from the build folder. */
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.FRESHET_NODE_MODULES, "/"));

export const { chromium } = require("playwright-core");
export const axe = require("axe-core");

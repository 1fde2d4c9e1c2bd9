// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** The views that the walk visits: a name, the address for the ids that the pipeline has, and a text that is shown. */
export const VIEWS = [
    ["overview", () => "/", /need(s)? attention/],
    ["tasks", () => "/tasks", "IngestCycle"],
    ["tasks-failed", () => "/tasks?status=FAILED", "FetchInventory"],
    ["tasks-filtered", () => "/tasks?status=DONE&family=ConvertLead&text=2026-08-21T00", "ConvertLead"],
    ["tasks-by-error", () => "/tasks?error=status+403", "FetchInventory"],
    ["tasks-none", () => "/tasks?text=there+is+none", "No task matches"],
    ["task-failed", (ids) => `/task/${ids.failed}`, "status 403"],
    ["task-running", (ids) => `/task/${ids.running}`, "RUNNING"],
    ["task-done", (ids) => `/task/${ids.done}`, "DONE"],
    ["task-waiting", (ids) => `/task/${ids.waiting}`, "PENDING"],
    ["task-log", (ids) => `/task/${ids.logged}/log`, "messages"],
    ["grid", () => "/grid", "ConvertLead"],
    ["graph", () => "/graph", "Graph of families"],
    ["graph-family", () => "/graph?family=ConvertLead", "ConvertLead"],
    ["graph-task", (ids) => `/graph?task=${ids.failed}`, "FetchInventory"],
    ["durations", () => "/durations", "ConvertLead"],
    ["history", () => "/history", "ConvertLead"],
    ["history-filtered", () => "/history?family=FetchInventory&status=FAILED", "status 403"],
    ["workers", () => "/workers", "Worker("],
    ["resources", () => "/resources", "scales"],
    ["runs", () => "/runs", "gfs"],
    ["run-failed", (ids) => ids.runs.failing, "status 403"],
    ["run-done", (ids) => ids.runs.complete, "ConvertLead"],
    ["run-live", (ids) => ids.runs.live, "FetchInventory"],
];

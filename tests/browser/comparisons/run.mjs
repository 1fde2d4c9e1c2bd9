// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** What the page of one run shows: its attempts by family, over time, and those that failed or took longest. */
import { andMore, attemptBadge, between, COLOURS, countOf, joined, link, messageOf, number, severityOfAttempt, shortDuration, shortened,
    taskLink, time } from "./words.mjs";
import { runBadge, severityOfRun, tookOf } from "./runs.mjs";

const MOST_LISTED = 100, MOST_LINKS = 20;

const isFailure = ({ status }) => ["FAILED", "LOST"].includes(status);
const seconds = (attempt, now) => attempt.duration ?? (Date.parse(now) - Date.parse(attempt.started)) / 1000;
const took = (attempt, now) => (attempt.ended ? shortDuration(attempt.duration) : between(attempt.started, now, shortDuration));

function attemptRow(attempt, now) {
    return [taskLink(attempt), attemptBadge(attempt), String(attempt.number), time(attempt.started, now), took(attempt, now),
        messageOf(attempt)];
}

export const ATTEMPTS_HEAD = ["Task", "State", "Attempt", "Started", "Took", "Message"];

function attemptsSection(heading, attempts, now) {
    if (attempts.length === 0) return [];
    const rows = attempts.slice(0, MOST_LISTED).map((attempt) => attemptRow(attempt, now));
    return [["h2", heading], ["table", "Attempts", ATTEMPTS_HEAD, ...rows], ...andMore(attempts.length - MOST_LISTED, "attempts")];
}

function families(families) {
    const count = (value) => (value === 0 ? "" : number(value));
    const length = (value) => (value === null ? "" : shortDuration(value));
    const row = (family) => [family.family, number(family.tasks), count(family.done), count(family.failed), count(family.lost),
        count(family.running), length(family.median_duration), length(family.p95_duration)];
    const head = ["Family", "Tasks", "Done", "Failed", "Lost", "Running", "Median", "95 %"];
    return [["h2", "Attempts by family"], ["table", "Attempts by family", head, ...families.map(row)]];
}

/** The bars of an attempt: for how long it waited, and the attempt itself. */
function bars(attempt, chain, now) {
    const isInChain = chain.includes(attempt.task_id);
    const label = `${attempt.name}: attempt ${attempt.number} ${attempt.status}, ${took(attempt, now)}`;
    const colour = COLOURS[severityOfAttempt(attempt)];
    const bar = isInChain ? `${colour} chain: ${label}, in the longest chain` : `${colour}: ${label}`;
    return attempt.waited === null ? [bar] : [`wait: waited ${shortDuration(attempt.waited)}`, bar];
}

function timeline({ attempts, longest_chain: chain }, now) {
    if (attempts.length === 0) return [["h2", "Timeline"]];
    const begin = attempts.map(({ started }) => started).sort()[0];
    const end = attempts.map(({ ended }) => ended ?? now).sort().at(-1);
    const axis = joined(time(begin, now), between(begin, end, shortDuration), time(end, now));
    const workers = [...new Set(attempts.map(({ worker }) => worker))].sort();
    const drawn = workers.flatMap((worker) => {
        const own = attempts.filter((attempt) => attempt.worker === worker);
        const heading = `${worker} ${countOf(own.length, "attempt", "attempts")}`;
        return [["h3", heading], ["drawing", ...own.flatMap((attempt) => bars(attempt, chain, now))]];
    });
    const links = chain.slice(0, MOST_LINKS).map((id) => taskLink(attempts.find(({ task_id }) => task_id === id))).join(", ");
    const framed = ["p", `Framed: the longest chain of tasks, each of which requires the one before it: ${links}`];
    const note = chain.length > 0 ? [framed, ...andMore(chain.length - MOST_LINKS, "tasks")] : [];
    return [["h2", "Timeline"], ["p", axis], ...drawn, ...note];
}

export function run(json, { now }) {
    const { command, summary, program, host, pid, started, run_id } = json;
    const others = json.attempts.filter((attempt) => !isFailure(attempt)).sort((one, other) => seconds(other, now) - seconds(one, now));
    return {
        title: `${shortened(command, 120)} · Freshet`,
        main: [["box", COLOURS[severityOfRun(json)]], ["h1", shortened(command, 300)],
            ["p", joined(runBadge(json), summary) + (json.ended ? `, took ${tookOf(json)}` : "")],
            ...attemptsSection("Failed attempts", json.attempts.filter(isFailure), now), ...families(json.families), ...timeline(json, now),
            ...attemptsSection("Longest attempts", others, now),
            ...(json.has_more_attempts ? [["p", `The first ${number(json.attempts.length)} attempts are shown.`]] : []), ["h2", "Facts"],
            ["facts", "Program", program, "Host", `${host}, process ${pid}`, "Started", time(started, now), "Run id", run_id]],
    };
}

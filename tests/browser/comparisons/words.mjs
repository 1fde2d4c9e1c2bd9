// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** The words of the pages for the values of their JSON, as support/shown.mjs reads them. */

/** Matches any text: of what explains a page, and has no value. */
export const ANY = "⟨*⟩";

const SIGNS = { ok: "✓", active: "▶", warning: "!", error: "✕", neutral: "…" };
export const COLOURS = { ok: "good", active: "busy", warning: "waiting", error: "bad", neutral: "quiet" };

export const badge = (severity, label) => SIGNS[severity] + label;
export const link = (text, address) => `[${text}](${address})`;
export const taskLink = ({ task_id, name }) => link(name, `/task/${task_id}`);
/** The sentence with a link where it first names the task. */
export const withLink = (sentence, task) => (task ? sentence.replace(task.name, () => taskLink(task)) : sentence);
/** The parameters in the name of a task, if they are whole. */
export const parametersIn = (name) => name.match(/^[^(]*\((.+)\)$/s)?.[1] ?? name;
/** The parts that there are. */
export const joined = (...parts) => parts.filter(Boolean).join(" ");
/** An address with the values that there are. */
export function address(path, query) {
    const given = Object.entries(query).filter(([, value]) => value);
    return path + (given.length ? "?" : "") + given.map((pair) => pair.join("=")).join("&");
}

export const number = (count) => count.toLocaleString("en-US");
export const countOf = (count, one, many) => `${number(count)} ${count === 1 ? one : many}`;
/** The line below a list of the first ones, if there are more. */
export const andMore = (omitted, what) => (omitted > 0 ? [["p", `and ${number(omitted)} more ${what}`]] : []);
export const andMoreOf = ({ items, total }, what) => andMore(total - items.length, what);

/** The severity of the state of a task or attempt. */
export function severityOf(status) {
    const severities = { DONE: "ok", RUNNING: "active", BATCH_RUNNING: "active", FAILED: "error", DISABLED: "error", LOST: "error" };
    return severities[status] ?? "neutral";
}
export const statusBadge = (status) => badge(severityOf(status), status === "BATCH_RUNNING" ? "IN BATCH" : status);

const isDelay = ({ failure_class }) => ["not_yet", "throttled"].includes(failure_class);
export const severityOfAttempt = (attempt) => (isDelay(attempt) ? "warning" : severityOf(attempt.status));
export const attemptBadge = (attempt) => badge(severityOfAttempt(attempt), attempt.status);
export const messageOf = ({ message }) => (message ?? "").trim().split("\n")[0].trim();

/** The severity of tasks together, by their numbers in each state. */
export function severityOfAll(counts) {
    const present = ["FAILED", "DISABLED", "RUNNING", "BATCH_RUNNING", "PENDING", "UNKNOWN"].find((status) => counts[status] > 0);
    return present ? severityOf(present) : "ok";
}
export const total = (counts) => Object.values(counts).reduce((sum, count) => sum + count, 0);
export function summary(counts) {
    const sum = (...statuses) => statuses.reduce((all, status) => all + (counts[status] ?? 0), 0);
    const parts = { done: sum("DONE"), running: sum("RUNNING", "BATCH_RUNNING"), failed: sum("FAILED"), disabled: sum("DISABLED"),
        waiting: sum("PENDING", "UNKNOWN") };
    return Object.entries(parts).filter(([, count]) => count > 0).map(([label, count]) => `${number(count)} ${label}`).join(", ");
}

/** The nearest whole number; the even one of two. */
function rounded(value) {
    const down = Math.floor(value);
    return value - down === 0.5 && down % 2 === 0 ? down : Math.round(value);
}

export function percentage(value) {
    return value === null ? "" : `<${rounded(value)} of 100> ${rounded(value)} %`;
}

/** Less than any difference of durations, and more than the error of a product. */
const ROUNDING = 1e-9;

const twoDigits = (value) => String(value).padStart(2, "0");

/** Of seconds: "12 s", "3 min", "2 h 05 min", "3 d 4 h". */
export function duration(seconds) {
    const whole = Math.floor(Math.abs(seconds) + ROUNDING), minutes = Math.floor(whole / 60), hours = Math.floor(minutes / 60);
    if (whole < 60) return `${whole} s`;
    if (hours < 1) return `${minutes} min`;
    return hours < 24 ? `${hours} h ${twoDigits(minutes % 60)} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Of seconds: "850 ms", "12 s", "3 min 20 s", "2 h 05 min". */
export function shortDuration(seconds) {
    const milliseconds = Math.floor(1000 * seconds + ROUNDING);
    if (milliseconds < 1000) return `${milliseconds} ms`;
    const whole = rounded(milliseconds / 1000);
    if (whole < 60) return `${whole} s`;
    if (whole < 3600) return `${Math.floor(whole / 60)} min ${twoDigits(whole % 60)} s`;
    return `${Math.floor(whole / 3600)} h ${twoDigits(Math.floor(whole / 60) % 60)} min`;
}

/** Times have milliseconds, so that what is between two of them may be one more or one less: each text that this gives. */
export function between(from, to, format) {
    const milliseconds = Date.parse(to) - Date.parse(from);
    const texts = new Set([-1, 0, 1].map((error) => format((milliseconds + error) / 1000)));
    return texts.size === 1 ? [...texts][0] : `⟨${[...texts].join("|")}⟩`;
}

function age(seconds) {
    if (seconds >= 1) return `${duration(seconds)} ago`;
    return seconds <= -1 ? `in ${duration(seconds)}` : "now";
}

/** The time of day, with its date if that is not today's, and its distance from now. */
export function time(at, now) {
    const isToday = at.slice(0, 10) === now.slice(0, 10);
    return `${isToday ? at.slice(11, 19) : `${at.slice(0, 10)} ${at.slice(11, 16)}`} ${between(at, now, age)}`;
}

/** At most so many bytes; the rest is "…". */
export function shortened(text, most) {
    const bytes = new TextEncoder().encode(text);
    if (bytes.length <= most) return text;
    return `${new TextDecoder().decode(bytes.slice(0, most - 3), { stream: true })}…`;
}

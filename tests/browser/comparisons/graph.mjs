// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** What the graph shows: of families, of the tasks of one, around a task, or on the longest chain of a run. */
import { address, andMore, ANY, badge, COLOURS, joined, link, number, parametersIn, severityOf, severityOfAll, shortDuration,
    statusBadge, summary, taskLink, total } from "./words.mjs";

const STEPS = [1, 2, 3, 4, 5, 6], DEFAULT_STEPS = 2;

const nameOf = ({ task, family }) => task?.name ?? family ?? "(not registered)";
const severityOfNode = ({ task, counts }) => (task ? severityOf(task.status) : severityOfAll(counts));

function detailOf({ task, family, counts, took, hidden_neighbours }) {
    if (!task) return total(counts) === 0 ? "tasks nobody has registered" : `${number(counts.DONE ?? 0)} of ${number(total(counts))} done`;
    const more = hidden_neighbours > 0 && `${number(hidden_neighbours)} more`;
    return [family ?? task.status, took !== null && shortDuration(took), more].filter(Boolean).join(" · ");
}

const titleOf = (node) => `${nameOf(node)}: ${node.task ? `${node.task.status} ` : ""}${detailOf(node)}`;

/** The middle of a long text is left out. */
function drawn(text, most) {
    const characters = [...text], end = Math.floor(most / 2);
    return characters.length <= most ? text : `${characters.slice(0, most - end - 1).join("")}…${characters.slice(-end).join("")}`;
}

function nodeDrawn(node, label, isFocus) {
    const { task, family } = node, severity = severityOfNode(node);
    const leadsTo = task ? address("/graph", { task: task.task_id }) : family ? address("/graph", { family }) : "";
    const kind = `node ${COLOURS[severity]}${isFocus ? " focus" : ""}`;
    return [kind, titleOf(node), leadsTo, badge(severity, ""), drawn(label, 20), drawn(detailOf(node), 24)];
}

/** Of a task the parameters that not all tasks have in common. */
function labelsOf(nodes) {
    const parameters = nodes.map(({ task }) => (task ? parametersIn(task.name).split(", ") : null));
    const ofTasks = parameters.filter((each) => each);
    return nodes.map((node, i) => {
        if (!parameters[i]) return nameOf(node);
        const telling = parameters[i].filter((one) => !ofTasks.every((each) => each.includes(one)));
        return (telling.length > 0 ? telling : parameters[i]).join(", ");
    });
}

function drawing({ nodes, edges }, focus) {
    const lines = edges.map(({ required, requiring, count, is_blocking }) =>
        [is_blocking ? "edge blocking" : "edge", titleOf(nodes[required]), titleOf(nodes[requiring]), count > 1 ? number(count) : ""]);
    const labels = labelsOf(nodes);
    return ["drawing", ...nodes.map((node, i) => nodeDrawn(node, labels[i], focus && node.task?.task_id === focus)), ...lines];
}

function table({ nodes, edges }) {
    const row = (node, i) => {
        const { task, family, counts, took } = node;
        const name = task ? taskLink(task) : family ? link(family, address("/tasks", { family })) : nameOf(node);
        const requires = edges.filter(({ requiring }) => requiring === i).map(({ required }) => nameOf(nodes[required]));
        return [task ? statusBadge(task.status) : summary(counts), name, took === null ? "" : shortDuration(took), firstOf(requires)];
    };
    return ["table", "Nodes of the graph", ["State", "Name", "Took", "Requires"], ...nodes.map(row)];
}

/** Names until they fill a cell. */
function firstOf(names) {
    let words = "";
    for (const name of names) if (words.length < 300) words += (words ? ", " : "") + name;
    return words;
}

function familyIntro({ next_after }, { query }) {
    const next = next_after && link("Next tasks", address("/graph", { family: query.family, after: next_after }));
    const all = link("All tasks of the family", address("/tasks", { family: query.family }));
    return [["text", joined(all, link("All families", "/graph"), next)]];
}

function taskIntro({ nodes, why }, { query }) {
    const { task } = nodes[0];
    const steps = STEPS.map((depth) => link(depth, address("/graph", { task: query.task, depth: depth !== DEFAULT_STEPS && depth })));
    return [["box", COLOURS[severityOf(task.status)]], ["p", `${taskLink(task)} ${statusBadge(task.status)}`], ["p", why],
        ["list", "Steps:", ...steps], ["p", ANY]];
}

function chainIntro({ nodes, run_took }, { query }) {
    const measured = shortDuration(nodes.reduce((sum, { took }) => sum + (took ?? 0), 0));
    const whole = run_took === null ? "" : ` of ${shortDuration(run_took)}`;
    const all = link("All tasks of the run", address("/tasks", { below: query.run }));
    return [["p", `These tasks took ${measured}${whole} one after the other, ${ANY} ${all}`]];
}

const familiesIntro = ({ omitted_families }) => [["p", ANY], ...andMore(omitted_families, "families")];

/** Heading, introduction and what there may be none of. */
function kindOf({ task, run, family }) {
    if (task) return ["Neighbourhood of a task", taskIntro];
    if (run) return ["Longest chain of a run", chainIntro, "Nothing of this run has been measured."];
    return family ? [`Tasks of ${family}`, familyIntro, "There are no tasks."] : ["Graph of families", familiesIntro, "There are no tasks."];
}

export function graph(json, place) {
    const [heading, intro, none] = kindOf(place.query);
    const shown = json.nodes.length === 0 ? [["p", none]]
        : [...intro(json, place), drawing(json, place.query.task), ["summary", "The same as a table"], table(json)];
    return { title: "Graph · Freshet", main: [["h1", heading], ...shown] };
}

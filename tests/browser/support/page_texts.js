// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** Executed in a page: reads all that it shows, for shown.mjs, which says in which form. */
"use strict";

const BLOCKS = {
    H1: (element) => ["h1", textOf(element)],
    H2: (element) => ["h2", textOf(element)],
    H3: (element) => ["h3", textOf(element)],
    P: (element) => ["p", textOf(element)],
    PRE: (element) => ["pre", element.innerText],
    UL: (element) => ["list", ...[...element.children].map(textOf)],
    DL: (element) => ["facts", ...[...element.children].map(textOf)],
    SUMMARY: (element) => ["summary", textOf(element)],
    FORM: (element) => ["form", ...[...new FormData(element)].map(([name, value]) => `${name}=${value}`)],
    TABLE: (element) => ["table", textOf(element.caption), ...[...element.rows].map((row) => [...row.cells].map(textOf))],
};

const INLINE = {
    A: (element) => `[${signOf(element)}${inside(element).trim() || element.ariaLabel}](${addressOf(element.href)})`,
    BUTTON: (element) => ` <${inside(element)}>`,
    PROGRESS: (element) => ` <${element.value} of ${element.max}> `,
    DETAILS: (element) => ` ${actionOf(element)} `,
    svg: (element) => [...element.querySelectorAll("polyline")].map((line) => ` <${line.getAttribute("points").trim()}>`).join(""),
};

/** What the style sheet puts before an element. */
function signOf(element) {
    return JSON.parse(getComputedStyle(element, "::before").content.match(/^"[^"]*"/)?.[0] ?? '""');
}

function addressOf(url) {
    return decodeURIComponent(url.replace(location.origin, "").replaceAll("+", " "));
}

function inline(node) {
    if (node.nodeType === Node.TEXT_NODE) return node.nodeValue;
    if (!(node instanceof Element) || !node.checkVisibility()) return "";
    const text = INLINE[node.tagName]?.(node) ?? signOf(node) + inside(node);
    return node.matches(".sub, p") ? ` ${text} ` : text;
}

function inside(element) {
    return [...element.childNodes].map(inline).join("");
}

function textOf(element) {
    return (signOf(element) + inside(element)).replace(/\s+/g, " ").trim();
}

/** Its name, with the numbers that its form begins with. */
function actionOf(details) {
    const numbers = [...details.querySelectorAll("input[type=number]")].map(({ value }) => ` ${value}`);
    return `<${textOf(details.querySelector("summary"))}${numbers.join("")}>`;
}

const titleOf = (shape) => shape?.querySelector("title").textContent;

function nodeOf(node) {
    const texts = [...node.querySelectorAll("text")].map((text) => text.textContent);
    const leadsTo = node.href ? addressOf(new URL(node.href.baseVal, document.baseURI).href) : "";
    return [node.getAttribute("class"), titleOf(node), leadsTo, ...texts];
}

/** With the nodes where its line begins and its head ends. */
function edgeOf(edge, nodes) {
    const [line, head] = [...edge.querySelectorAll("path")].map((path) => path.getPointAtLength(0));
    const nodeAt = (point, xOf) =>
        nodes.find((node) => {
            const box = node.querySelector("rect").getBBox();
            return Math.hypot(point.x - xOf(box), point.y - (box.y + box.height / 2)) < 1;
        });
    const [from, to] = [nodeAt(line, (box) => box.x + box.width), nodeAt(head, (box) => box.x)];
    return [edge.getAttribute("class"), titleOf(from), titleOf(to), edge.querySelector("text")?.textContent ?? ""];
}

function drawingOf(svg) {
    const nodes = [...svg.querySelectorAll(".node")];
    const edges = [...svg.querySelectorAll(".edge")].map((edge) => edgeOf(edge, nodes));
    const bars = [...svg.querySelectorAll("rect[class]")].map((bar) => `${bar.getAttribute("class")}: ${titleOf(bar)}`);
    return ["drawing", ...nodes.map(nodeOf), ...edges, ...bars];
}

/** A list of links without a list around it is one text. */
function isText(element) {
    const isLoose = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.nodeValue.trim());
    return isLoose || (element.tagName === "NAV" && !element.querySelector("ul"));
}

function blocksOf(element) {
    if (!element.checkVisibility()) return [];
    if (element.matches("svg.graph, svg.timeline")) return [drawingOf(element)];
    if (element.tagName === "DETAILS" && element.querySelector("form")) return [["action", actionOf(element)]];
    const block = BLOCKS[element.tagName];
    if (block) return [block(element)];
    if (isText(element)) return [["text", textOf(element)]];
    const box = element.matches(".health") ? [["box", element.className.replace("health ", "")]] : [];
    return [...box, ...[...element.children].flatMap(blocksOf)];
}

function readPage() {
    for (const details of document.querySelectorAll("details")) details.open = true;
    const taken = document.querySelector("header .taken time").dateTime;
    return { title: document.title, taken, main: [...document.querySelector("main").children].flatMap(blocksOf) };
}

readPage();

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** Makes an element equal to another one, and leaves alone what is equal already or in the viewer's hands. */
export function morph(have: Element, want: Element): void {
    copyAttributes(have, want);
    if (have instanceof HTMLFormElement && isTouched(have)) return;
    morphChildren(have, want);
}

function copyAttributes(have: Element, want: Element): void {
    const isKept = (name: string) => name === "open" && have.tagName === "DETAILS";
    for (const { name } of [...have.attributes])
        if (!want.hasAttribute(name) && !isKept(name)) have.removeAttribute(name);
    for (const { name, value } of [...want.attributes])
        if (have.getAttribute(name) !== value && !isKept(name)) have.setAttribute(name, value);
}

function morphChildren(have: Element, want: Element): void {
    const partners = findPartners(have, want);
    const kept = new Set(partners.values());
    for (const child of [...have.childNodes]) if (!kept.has(child)) child.remove();
    let next: ChildNode | null = have.firstChild;
    for (const child of [...want.childNodes]) {
        const partner = partners.get(child);
        if (!partner) have.insertBefore(document.importNode(child, true), next);
        else if (partner === next) next = next.nextSibling;
        else have.insertBefore(partner, next);
        if (partner) morphNode(partner, child);
    }
}

function morphNode(have: Node, want: Node): void {
    if (have instanceof Element && want instanceof Element) morph(have, want);
    else if (have.nodeValue !== want.nodeValue) have.nodeValue = want.nodeValue;
}

/** Finds for each child of `want` the child of `have` that is the same thing. */
function findPartners(have: Element, want: Element): Map<ChildNode, ChildNode> {
    const free = new Map<string, ChildNode[]>();
    for (const child of have.childNodes) {
        const key = identity(child);
        free.set(key, [...(free.get(key) ?? []), child]);
    }
    const partners = new Map<ChildNode, ChildNode>();
    for (const child of want.childNodes) {
        const partner = free.get(identity(child))?.shift();
        if (partner) partners.set(child, partner);
    }
    return partners;
}

/** What tells a row, an entry or an action from its siblings: where it leads, or its label. */
function identity(node: Node): string {
    if (!(node instanceof Element)) return node.nodeName;
    const target = /^(TR|LI)$/.test(node.tagName) ? node.querySelector("a[href]")?.getAttribute("href") : "";
    const label = node.tagName === "DETAILS" ? node.querySelector("summary")?.textContent : "";
    return [node.tagName, node.id, node.getAttribute("href") ?? node.getAttribute("action"), target, label].join("\n");
}

function isTouched(form: HTMLFormElement): boolean {
    return [...form.elements].some((element) => differsFromDefault(element as Control));
}

function differsFromDefault(control: Control): boolean {
    if (control instanceof HTMLSelectElement) {
        const chosen = [...control.options].findIndex((option) => option.defaultSelected);
        return control.selectedIndex !== Math.max(chosen, 0);
    }
    if (control instanceof HTMLInputElement && control.checked !== control.defaultChecked) return true;
    return control instanceof HTMLButtonElement ? false : control.value !== control.defaultValue;
}

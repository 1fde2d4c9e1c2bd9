// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
// Made by script/bundle from script/*.ts.
"use strict";
(() => {
  // connection.ts
  var RETRY_AFTER_REFUSAL = 5e3;
  var Connection = class {
    constructor(url, onChange, onState) {
      this.url = url;
      this.onChange = onChange;
      this.onState = onState;
      document.addEventListener("visibilitychange", () => this.followVisibility());
      addEventListener("pagehide", () => this.close());
      addEventListener("pageshow", () => this.followVisibility());
      this.followVisibility();
    }
    followVisibility() {
      this.close();
      if (!document.hidden) this.open();
    }
    open() {
      this.close();
      const stream = new EventSource(this.url);
      stream.onopen = () => this.onState(false);
      stream.onmessage = (message) => this.onChange(Number(message.data));
      stream.onerror = () => this.onError(stream);
      this.stream = stream;
    }
    /** The browser connects again by itself, unless the server has refused. */
    onError(stream) {
      this.onState(true);
      if (stream.readyState === EventSource.CLOSED)
        this.retry = setTimeout(() => this.followVisibility(), RETRY_AFTER_REFUSAL);
    }
    close() {
      clearTimeout(this.retry);
      this.stream?.close();
      this.stream = void 0;
    }
  };

  // local_time.ts
  var TIME = { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" };
  var DATE = { month: "short", day: "numeric" };
  function showLocalTimes(page) {
    for (const element of page.querySelectorAll("time[datetime]")) {
      const time = new Date(element.dateTime);
      if (Number.isNaN(time.valueOf()) || time.getTimezoneOffset() === 0) continue;
      const local = page.createElement("span");
      local.className = "local";
      local.textContent = ` (${format(time)})`;
      element.append(local);
    }
  }
  function format(time) {
    const isOtherDay = time.getDate() !== time.getUTCDate();
    return new Intl.DateTimeFormat(void 0, isOtherDay ? { ...DATE, ...TIME } : TIME).format(time);
  }

  // morph.ts
  function morph(have, want) {
    copyAttributes(have, want);
    if (have instanceof HTMLFormElement && isTouched(have)) return;
    morphChildren(have, want);
  }
  function copyAttributes(have, want) {
    const isKept = (name) => name === "open" && have.tagName === "DETAILS";
    for (const { name } of [...have.attributes])
      if (!want.hasAttribute(name) && !isKept(name)) have.removeAttribute(name);
    for (const { name, value } of [...want.attributes])
      if (have.getAttribute(name) !== value && !isKept(name)) have.setAttribute(name, value);
  }
  function morphChildren(have, want) {
    const partners = findPartners(have, want);
    const kept = new Set(partners.values());
    for (const child of [...have.childNodes]) if (!kept.has(child)) child.remove();
    let next = have.firstChild;
    for (const child of [...want.childNodes]) {
      const partner = partners.get(child);
      if (!partner) have.insertBefore(document.importNode(child, true), next);
      else if (partner === next) next = next.nextSibling;
      else have.insertBefore(partner, next);
      if (partner) morphNode(partner, child);
    }
  }
  function morphNode(have, want) {
    if (have instanceof Element && want instanceof Element) morph(have, want);
    else if (have.nodeValue !== want.nodeValue) have.nodeValue = want.nodeValue;
  }
  function findPartners(have, want) {
    const free = /* @__PURE__ */ new Map();
    for (const child of have.childNodes) {
      const key = identity(child);
      free.set(key, [...free.get(key) ?? [], child]);
    }
    const partners = /* @__PURE__ */ new Map();
    for (const child of want.childNodes) {
      const partner = free.get(identity(child))?.shift();
      if (partner) partners.set(child, partner);
    }
    return partners;
  }
  function identity(node) {
    if (!(node instanceof Element)) return node.nodeName;
    const target = /^(TR|LI)$/.test(node.tagName) ? node.querySelector("a[href]")?.getAttribute("href") : "";
    const label = node.tagName === "DETAILS" ? node.querySelector("summary")?.textContent : "";
    return [node.tagName, node.id, node.getAttribute("href") ?? node.getAttribute("action"), target, label].join("\n");
  }
  function isTouched(form) {
    return [...form.elements].some((element) => differsFromDefault(element));
  }
  function differsFromDefault(control) {
    if (control instanceof HTMLSelectElement) {
      const chosen = [...control.options].findIndex((option) => option.defaultSelected);
      return control.selectedIndex !== Math.max(chosen, 0);
    }
    if (control instanceof HTMLInputElement && control.checked !== control.defaultChecked) return true;
    return control instanceof HTMLButtonElement ? false : control.value !== control.defaultValue;
  }

  // page.ts
  var PARTS = ["title", "link[rel=icon]", "header .taken", "main"];
  function shownAt() {
    const time = document.querySelector("header .taken time");
    return time ? Date.parse(time.dateTime) : Infinity;
  }
  async function loadPage() {
    const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
    if (!answer.headers.get("Content-Type")?.startsWith("text/html")) throw new Error(`status ${answer.status}`);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  }
  function showPage(fresh) {
    showLocalTimes(fresh);
    const focused = document.activeElement;
    for (const part of PARTS) {
      const [have, want] = [document.querySelector(part), fresh.querySelector(part)];
      if (have && want) morph(have, want);
    }
    if (focused instanceof HTMLElement && focused.isConnected && focused !== document.activeElement)
      focused.focus({ preventScroll: true });
  }

  // main.ts
  var pause = (milliseconds) => new Promise((wake) => setTimeout(wake, milliseconds));
  var REST = 10;
  var SHORTEST_REST = 1e3;
  var LONGEST_REST = 1e4;
  var changedAt = 0;
  var isUpdating = false;
  async function update() {
    if (isUpdating) return;
    isUpdating = true;
    while (changedAt >= shownAt() && !document.hidden) {
      const began = performance.now();
      const page = await loadPage().catch(() => void 0);
      const rest = REST * (performance.now() - began);
      if (page) showPage(page);
      await pause(Math.min(Math.max(rest, SHORTEST_REST), LONGEST_REST));
    }
    isUpdating = false;
  }
  function addStatusLine() {
    const line = document.createElement("p");
    line.className = "connection";
    line.setAttribute("role", "status");
    line.setAttribute("aria-live", "polite");
    document.querySelector("header.top")?.append(line);
    return line;
  }
  function main() {
    const home = document.querySelector("a.brand")?.href ?? "/";
    const line = addStatusLine();
    showLocalTimes(document);
    new Connection(
      new URL("events", home),
      (time) => {
        changedAt = time;
        void update();
      },
      (isLost) => line.textContent = isLost ? "Connection lost, trying again." : ""
    );
  }
  main();
})();

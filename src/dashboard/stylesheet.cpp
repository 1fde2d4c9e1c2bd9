// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stylesheet.hpp"

#include "freshet/digest.hpp"

#include <array>
#include <cstdint>

namespace freshet::scheduler::page {

namespace {

std::uint32_t nibble(char digit) { return static_cast<std::uint32_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10); }

/// The 32 bytes that 64 hexadecimal digits stand for, in base 64.
std::string base64_of_digest(const std::string& hex) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    // Three hexadecimal digits are two letters; the last one is filled up with zeros.
    for (std::size_t i = 0; i < hex.size(); i += 3) {
        std::uint32_t bits = 0;
        for (std::size_t j = i; j < i + 3; ++j) bits = (bits << 4U) | (j < hex.size() ? nibble(hex[j]) : 0);
        text += letters[bits >> 6U];
        if (i + 1 < hex.size()) text += letters[bits & 0x3fU];
    }
    return text + "=";
}

constexpr const char text[] = R"css(
:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --card: #ffffff; --ink: #1c2430; --soft: #57606f; --line: #dfe3e8; --link: #0b57b0;
  --good: #17703f; --good-ground: #dff3e6; --busy: #1558b8; --busy-ground: #e0ecfc;
  --waiting: #8a5600; --waiting-ground: #fdf0d2; --bad: #b3182a; --bad-ground: #fde4e4;
  --quiet: #57606f; --quiet-ground: #e9ecf0; --rest: #c6ccd4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10141a; --card: #181e27; --ink: #e4e9f0; --soft: #a1acba; --line: #2b3440; --link: #7fb6ff;
    --good: #66d191; --good-ground: #14331f; --busy: #83b7ff; --busy-ground: #16294a;
    --waiting: #f0c060; --waiting-ground: #3a2c0c; --bad: #ff8f8f; --bad-ground: #451a1e;
    --quiet: #a1acba; --quiet-ground: #28313d; --rest: #3b4655;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 78rem; padding: 0 1.25rem 3rem; background: var(--ground); color: var(--ink);
  font: 0.9375rem/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; font-variant-numeric: tabular-nums; }
a { color: var(--link); text-underline-offset: 0.15em; }
a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
h1, h2, h3, p, ul, ol, dl, pre { margin: 0; }
h1 { font-size: 1.75rem; line-height: 1.2; letter-spacing: -0.015em; }
h2 { font-size: 1.0625rem; margin: 2.25rem 0 0.625rem; display: flex; flex-wrap: wrap; gap: 0 0.6rem; align-items: baseline; }
h2 small, h3 small { font-weight: 400; font-size: 0.875rem; color: var(--soft); }
h3 { font-size: 0.9375rem; padding: 0.7rem 1rem 0; display: flex; flex-wrap: wrap; gap: 0 0.6rem; align-items: baseline; }
.top { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; padding: 1rem 0 1.25rem; }
.brand { color: var(--ink); text-decoration: none; font-weight: 700; font-size: 1.125rem; letter-spacing: -0.01em; }
.brand::before { content: ""; display: inline-block; width: 0.7em; height: 0.7em; margin-right: 0.45em;
  border-radius: 0 50% 50% 50%; transform: rotate(45deg); background: var(--busy); }
.taken, .age, .more, .note, footer { color: var(--soft); }
.age { white-space: nowrap; font-size: 0.875em; }
.more, .note { padding: 0.5rem 1rem 0; }
footer { margin-top: 2.5rem; padding-top: 0.8rem; border-top: 1px solid var(--line); font-size: 0.8125rem; }
.task, code { font-family: ui-monospace, "SF Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: 0.875em;
  overflow-wrap: anywhere; }

.verdict { border-radius: 12px; padding: 1.1rem 1.25rem 1.2rem; border-left: 6px solid; }
.verdict p { margin-top: 0.3rem; color: var(--ink); }
.verdict.good { background: var(--good-ground); border-color: var(--good); } .verdict.good h1 { color: var(--good); }
.verdict.busy { background: var(--busy-ground); border-color: var(--busy); } .verdict.busy h1 { color: var(--busy); }
.verdict.waiting { background: var(--waiting-ground); border-color: var(--waiting); } .verdict.waiting h1 { color: var(--waiting); }
.verdict.bad { background: var(--bad-ground); border-color: var(--bad); } .verdict.bad h1 { color: var(--bad); }
.verdict.quiet { background: var(--quiet-ground); border-color: var(--quiet); }
.verdict h1 .task { font-size: 0.85em; font-weight: 600; }
.tally { display: flex; flex-wrap: wrap; gap: 0.4rem 1.5rem; list-style: none; padding: 0.9rem 0 0; }
.tally b { font-size: 1.125rem; }

.badge { display: inline-block; padding: 0.05rem 0.5rem; border-radius: 1rem; font-size: 0.6875rem; font-weight: 700;
  letter-spacing: 0.04em; line-height: 1.5; white-space: nowrap; vertical-align: 0.08em; text-transform: uppercase; }
.badge.good { color: var(--good); background: var(--good-ground); }
.badge.busy { color: var(--busy); background: var(--busy-ground); }
.badge.waiting { color: var(--waiting); background: var(--waiting-ground); }
.badge.bad { color: var(--bad); background: var(--bad-ground); }
.badge.quiet { color: var(--quiet); background: var(--quiet-ground); }
.verdict .badge { background: var(--card); }

.card, table, .list, dl { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.card + .card { margin-top: 0.75rem; }
.list { list-style: none; padding: 0; }
.list li { padding: 0.7rem 1rem; overflow-wrap: anywhere; }
.list li + li { border-top: 1px solid var(--line); }
.list .badge { margin-right: 0.4rem; }
.list .more { padding: 0.15rem 0 0; font-size: 0.875rem; }
.list.bad li { box-shadow: inset 4px 0 0 var(--bad); }
.list.bad li:first-child { border-top-left-radius: 9px; } .list.bad li:last-child { border-bottom-left-radius: 9px; }

table { width: 100%; border-collapse: separate; border-spacing: 0; }
.card table { border: 0; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
th { text-align: left; font-size: 0.75rem; font-weight: 600; color: var(--soft); padding: 0.55rem 1rem 0.35rem; }
td { padding: 0.5rem 1rem; vertical-align: top; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.runs, .workers { table-layout: fixed; }
.runs th:first-child, .workers th:first-child { width: 8rem; }
.runs th:nth-child(3) { width: 15rem; } .runs th:nth-child(4), .runs th:nth-child(5) { width: 8.5rem; }
.workers th:nth-child(3) { width: 7rem; } .workers th:nth-child(n+4) { width: 13rem; }
td .sub { display: block; font-size: 0.875rem; color: var(--soft); }
th.number, td.number { text-align: right; white-space: nowrap; }
td .age { display: inline-block; }

.bar { display: block; width: 100%; min-width: 8rem; height: 8px; border-radius: 4px; background: var(--rest); margin: 0.4rem 0 0.2rem; }
.bar .good { fill: var(--good); } .bar .busy { fill: var(--busy); } .bar .bad { fill: var(--bad); } .bar .quiet { fill: var(--rest); }
progress { appearance: none; width: 7rem; max-width: 100%; height: 8px; border: 0; border-radius: 4px; overflow: hidden;
  background: var(--rest); vertical-align: middle; }
progress::-webkit-progress-bar { background: var(--rest); }
progress::-webkit-progress-value { background: var(--busy); }
progress::-moz-progress-bar { background: var(--busy); }
progress.full::-webkit-progress-value { background: var(--waiting); }
progress.full::-moz-progress-bar { background: var(--waiting); }

dl { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; padding: 0.4rem 0; }
dt { color: var(--soft); padding: 0.3rem 1rem; } dd { margin: 0; padding: 0.3rem 1rem; overflow-wrap: anywhere; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 0.8rem 1rem; overflow: auto;
  max-height: 40rem; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 0.8125rem/1.5 ui-monospace, "SF Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace; }

@media (max-width: 44rem) {
  body { padding: 0 0.75rem 2rem; }
  h1 { font-size: 1.4rem; }
  .top { padding: 0.75rem 0; flex-wrap: wrap; gap: 0 1rem; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, td { display: block; }
  tr { padding: 0.6rem 1rem; } tr + tr { border-top: 1px solid var(--line); }
  td, td.number { padding: 0.12rem 0; border: 0; text-align: left; white-space: normal; }
  td.none { display: none; }
  td.number::before, td.text:not(:first-child)::before { content: attr(data-label) " "; color: var(--soft); font-size: 0.8125rem; }
  .runs td:nth-child(2)::before, .runs td:nth-child(3)::before, .workers td:nth-child(2)::before { content: none; }
  .attempts td:first-child::before { content: attr(data-label) " "; }
  dl { display: block; } dt { padding-bottom: 0; font-size: 0.8125rem; } dd { padding-top: 0; }
}
@media print { body { background: none; } .card, table, .list, dl, pre { break-inside: avoid; } }
)css";

}  // namespace

Html stylesheet() { return Html::markup(text); }

std::string stylesheet_hash() {
    static const std::string hash = "sha256-" + base64_of_digest(sha256(text));
    return hash;
}

}  // namespace freshet::scheduler::page

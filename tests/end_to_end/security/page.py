# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""A page as a browser understands it: elements, where its links lead, its forms. Malformed markup is an error."""

import dataclasses
import html.parser
import re
import urllib.parse

VOID = {"meta", "link", "input", "br", "hr", "img"}
TARGETS = {"href", "src", "action", "formaction", "data", "poster", "xlink:href"}


@dataclasses.dataclass
class Form:
    """`data` are the arguments of its RPC, one for each choice; `fields` those that its viewer fills in."""

    method: str
    action: str
    data: list = dataclasses.field(default_factory=list)
    fields: list = dataclasses.field(default_factory=list)


class Page(html.parser.HTMLParser):
    """`shapes` are the elements with the names of their attributes, `targets` the values of those that name an address."""

    def __init__(self, body):
        super().__init__()
        self.shapes, self.targets, self.links, self.forms, self.faults = set(), set(), [], [], []
        self.open = []
        self.feed(body.decode())
        self.close()
        if self.open:
            self.faults.append(f"not closed: {self.open}")

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if len(values) != len(attributes):
            self.faults.append(f"an attribute twice: {tag} {attributes}")
        self.shapes |= {(tag, name) for name in values} | {(tag, None)}
        self.targets |= {values[name] for name in TARGETS & values.keys()}
        if tag == "a":
            self.links.append(values.get("href"))
        elif tag == "form":
            self.forms.append(Form(values["method"], values["action"]))
        elif "form" in self.open:
            self.add_field(tag, values)
        if tag not in VOID:
            self.open.append(tag)

    def add_field(self, tag, values):
        form = self.forms[-1]
        if tag == "option" or values.get("name") == "data" and tag != "select":
            form.data.append(values["value"])
        elif tag == "input":
            form.fields.append(values["name"])

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")

    def handle_comment(self, data):
        self.faults.append(f"comment {data[:50]}")

    def handle_pi(self, data):
        self.faults.append(f"instruction {data[:50]}")

    def unknown_decl(self, data):
        self.faults.append(f"declaration {data[:50]}")


def resolved(base, link):
    """The path and query that a browser asks for: it heeds "%2e" in a path as it does "."."""
    path, mark, query = link.partition("#")[0].partition("?")
    segments = [re.sub("%2e", ".", segment, flags=re.I) if re.fullmatch(r"(\.|%2e){1,2}", segment, re.I) else segment
                for segment in path.split("/")]
    return urllib.parse.urljoin(base, "/".join(segments) + mark + query)

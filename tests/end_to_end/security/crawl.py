# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""The pages of a freshetd that is filled with hostile texts, by their links."""

import re

from hostile import TOKENS
from page import Page, resolved
from peer import bearer, request


def is_to_follow(address):
    """Of the neighbourhoods of a task, one is followed: there are five, which differ in their size."""
    return address.startswith("/") and not address.startswith("/api/") and not re.search("&depth=[2-9]", address)


def kind_of(address):
    """The view and the names of its parameters."""
    path, _, query = address.partition("?")
    view = re.sub("^/(task|run)/[^/]*", r"/\1/", path)
    return view, tuple(field.partition("=")[0] for field in query.split("&"))


class Site:
    """All pages that an operator finds by following links from the overview."""

    def __init__(self, port, follows=is_to_follow):
        self.port = port
        self.answers, self.pages = {}, {}
        waiting, known = ["/"], {"/"}
        while waiting:
            address = waiting.pop()
            new = {each for each in self.visit(address) if follows(each)} - known
            known |= new
            waiting += new

    def get(self, address):
        return request(self.port, "GET", address, bearer(TOKENS["operate"]))

    def visit(self, address):
        """Returns where the links of the page lead."""
        _, headers, body = self.answers[address] = self.get(address)
        if not headers.get("content-type", "").startswith("text/html"):
            return set()
        page = self.pages[address] = Page(body)
        return {resolved(address, link) for link in page.links}

    def shapes(self):
        return set().union(*(page.shapes for page in self.pages.values()))

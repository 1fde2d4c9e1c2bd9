# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Every page that links lead to from the overview, and its JSON, with hostile texts in every place."""

import http.client
import json
import re
import unittest

from crawl import Site, kind_of
from hostile import NAMES, OPERATOR, TOKENS, UNPAIRED, UNPRINTABLE, filled_freshetd, quoted
from page import Page
from peer import bearer, post, request

BENIGN = [f"benign{number}" for number in range(25)]  # enough for a second page of each list
POLICY = {"default-src": "'none'", "script-src": "'self'", "connect-src": "'self'", "img-src": "data:", "base-uri": "'none'",
          "form-action": "'self'", "frame-ancestors": "'none'"}
# Within the site, or what a task tracks itself with.
ADDRESS = re.compile(r"https?://[^\x00-\x20]*|data:image/svg\+xml,[\w%.~-]*|(\./|\.\./)*([\w%.~-][\w%.~/-]*)?(\?[\w%.~=&+-]*)?(#main|#timeline|#retry)?")


def views(site):
    """The addresses of pages, from the document that describes their JSON."""
    document = json.loads(site.get("/api/openapi.json")[2])
    paths = [path.removeprefix("/api/v1") for path, item in document["paths"].items() if "get" in item and path != "/api/v1"]
    return ["/" if path == "/overview" else path for path in paths]


def twin(address):
    """The address of a page's JSON."""
    path, mark, query = address.partition("?")
    return f"/api/v1{'/overview' if path == '/' else path}{mark}{query}"


class HostilePages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with filled_freshetd(BENIGN) as scheduler:
            cls.known = Site(scheduler.port).shapes()
        running = filled_freshetd(NAMES + UNPAIRED)
        cls.port = running.__enter__().port
        cls.addClassCleanup(running.__exit__, None, None, None)
        cls.site = Site(cls.port)

    def test_links_lead_to_each_view(self):
        paths = {address.partition("?")[0] for address in self.site.pages}
        for view in views(self.site):
            pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(view))
            self.assertTrue(any(re.fullmatch(pattern, path) for path in paths), view)

    def test_each_link_leads_to_a_page(self):
        self.assertEqual({(address, status) for address, (status, _, _) in self.site.answers.items() if status != 200}, set())
        self.assertEqual(self.site.answers.keys(), self.site.pages.keys())

    def test_no_element_or_attribute_comes_from_a_text(self):
        for address, page in self.site.pages.items():
            with self.subTest(address=address):
                self.assertEqual(page.faults, [])
                self.assertEqual(page.shapes - self.known, set())

    def test_no_address_comes_from_a_text_but_those_of_the_web(self):
        for address, page in self.site.pages.items():
            for target in page.targets:
                with self.subTest(address=address, target=target):
                    self.assertIsNotNone(ADDRESS.fullmatch(target))

    def test_no_page_has_a_character_that_is_not_shown(self):
        for address, (_, _, body) in self.site.answers.items():
            with self.subTest(address=address):
                self.assertIsNone(UNPRINTABLE.search(body.decode()))
                self.assertNotIn("\ufeff", body.decode())

    def test_each_page_says_what_it_is_and_allows_its_own_script_only(self):
        for address, (_, headers, _) in self.site.answers.items():
            with self.subTest(address=address):
                self.assertEqual(headers["content-type"], "text/html; charset=utf-8")
                self.assertEqual(headers["x-content-type-options"], "nosniff")
                self.assertNotIn("set-cookie", headers)
                policy = dict(each.strip().split(" ", 1) for each in headers["content-security-policy"].split(";"))
                self.assertRegex(policy.pop("style-src"), "^'sha256-[^' ]+'$")
                self.assertEqual(policy, POLICY)

    def test_each_form_names_what_there_is(self):
        """A character that is shown as another one must not make it another name."""
        data = [json.loads(each) for page in self.site.pages.values() for form in page.forms if form.method == "post"
                for each in form.data]
        named = {each[key] for each in data for key in ("task_id", "task", "family", "worker", "resource") if key in each}
        names = [name for name in NAMES + UNPAIRED if len(name) < 100]
        self.assertEqual(set(names) - named, set())
        there = {prefix + name + suffix for name in NAMES + UNPAIRED for prefix in ("", "of ")
                 for suffix in ("", "~", "~DONE", "~FAILED", "~DISABLED", "~RUNNING", "~PENDING", "~UNKNOWN")}
        self.assertEqual(named - there, set())

    def test_the_JSON_of_each_page_is_valid_and_closes_no_element(self):
        for address in self.site.pages:
            with self.subTest(address=address):
                status, headers, body = self.site.get(twin(address))
                self.assertEqual(status, 200)
                self.assertEqual(headers["content-type"], "application/json; charset=UTF-8")
                self.assertEqual(headers["x-content-type-options"], "nosniff")
                self.assertTrue(body.isascii())
                self.assertNotIn(b"</", body)
                json.dumps(json.loads(body), ensure_ascii=False).encode()  # fails for halves of surrogate pairs

    def test_a_viewer_reads_each_view_and_finds_no_form_that_changes_anything(self):
        for address in {kind_of(address): address for address in self.site.pages}.values():
            with self.subTest(address=address):
                status, _, body = request(self.port, "GET", address, bearer(TOKENS["view"]))
                self.assertEqual(status, 200)
                self.assertEqual([form for form in Page(body).forms if form.method == "post"], [])

    def test_the_name_of_an_operator_is_shown_as_text(self):
        address = f"/task/{quoted(NAMES[0] + '~PENDING')}"
        shown = "operator &quot;&gt;&lt;img/src=x/onerror=alert(1)&gt;\ufffd\ufffd[2J"
        self.assertIn(shown, self.site.answers[address][2].decode())
        history = json.loads(self.site.get(twin(address))[2])["history"]
        self.assertEqual(history[0]["by"], "operator " + OPERATOR)

    def test_live_updates_have_no_text_of_others(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.addCleanup(connection.close)
        connection.request("GET", "/events", headers=bearer(TOKENS["view"]))
        answer = connection.getresponse()
        self.assertEqual((answer.headers["content-type"], answer.headers["x-content-type-options"]), ("text/event-stream", "nosniff"))
        for name in NAMES[:3]:
            while not (line := answer.readline()).startswith(b"data: "):
                self.assertRegex(line, rb"^(retry: 2000|:)?\n$")
            self.assertRegex(line, rb"^data: \d+\n$")
            post(self.port, "set_task_status_message", {"task_id": name, "status_message": "\n\ndata: 1\n\n" + name}, bearer(TOKENS["work"]))


if __name__ == "__main__":
    unittest.main()

# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Requests that a foreign page can make a browser send to a scheduler on loopback: DNS rebinding, forms, images."""

import unittest

from peer import form, freshetd, post, request

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FOREIGN_NAMES = ["evil.example", "evil.example:{port}", "localhost.evil.example:{port}", "127.0.0.1.evil.example",
                 "0.0.0.0:{port}", "[::]:{port}", "2130706433:{port}", "127.1:{port}", "localhost:{port}@evil.example",
                 "evil.example#localhost", "localhost\t.evil.example", "169.254.169.254"]
FOREIGN_PAGES = [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://localhost.evil.example"},
                 {"Origin": "http://127.0.0.1:9"}, {"Origin": "http://127.0.0.1"}, {"Origin": "file://"},
                 {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
                 {"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"}]


class ForeignPages(unittest.TestCase):
    def setUp(self):
        self.running = freshetd()
        self.port = self.running.__enter__().port
        self.addCleanup(self.running.__exit__, None, None, None)

    def is_paused(self):
        return post(self.port, "is_paused")[1]["response"]["paused"]

    def test_a_rebound_host_name_is_rejected(self):
        for name in FOREIGN_NAMES:
            host = name.format(port=self.port)
            with self.subTest(host=host):
                for method, path in (("GET", "/"), ("GET", "/api/task_list"), ("POST", "/api/pause"), ("GET", "/metrics")):
                    self.assertIn(request(self.port, method, path, {"Host": host})[0], (400, 421))
                absolute = request(self.port, "GET", f"http://{host.split('@')[-1]}/api/task_list")[0]
                self.assertIn(absolute, (400, 421))
        self.assertFalse(self.is_paused())

    def test_names_of_this_machine_are_accepted(self):
        for host in (f"localhost:{self.port}", f"127.0.0.1:{self.port}", f"[::1]:{self.port}", "LocalHost"):
            self.assertEqual(request(self.port, "GET", "/api/is_paused", {"Host": host})[0], 200)

    def test_a_foreign_page_changes_nothing(self):
        for headers in FOREIGN_PAGES:
            for kind in (FORM, {"Content-Type": "text/plain"}, {"Content-Type": "application/json"}, {}):
                with self.subTest(headers=headers, kind=kind):
                    self.assertEqual(request(self.port, "POST", "/api/pause", {**headers, **kind}, form({}))[0], 403)
        self.assertFalse(self.is_paused())

    def test_an_image_or_a_link_changes_nothing(self):
        for headers in ({}, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "cross-site"}, {"Referer": "http://evil.example/"},
                        {"User-Agent": "python-requests/2.31"}):
            with self.subTest(headers=headers):
                self.assertIn(request(self.port, "GET", "/api/pause?data=%7B%7D", headers)[0], (403, 405))
        self.assertFalse(self.is_paused())

    def test_a_foreign_page_reads_nothing(self):
        _, headers, _ = request(self.port, "GET", "/api/task_list", {"Origin": "http://evil.example"})
        self.assertNotIn("access-control-allow-origin", headers)
        _, headers, _ = request(self.port, "OPTIONS", "/api/pause", {"Origin": "http://evil.example",
                                                                       "Access-Control-Request-Method": "POST"})
        self.assertFalse([name for name in headers if name.startswith("access-control-")])

    def test_responses_forbid_framing_and_content_sniffing(self):
        for path in ("/", "/api/task_list", "/healthz", "/nothing"):
            _, headers, _ = request(self.port, "GET", path)
            with self.subTest(path=path):
                self.assertEqual(headers["x-content-type-options"], "nosniff")
                self.assertEqual(headers["x-frame-options"], "DENY")
                self.assertIn("default-src 'none'", headers["content-security-policy"])
                self.assertNotIn("unsafe", headers["content-security-policy"])

    def test_a_page_of_the_same_origin_can_make_changes(self):
        own = {"Origin": f"http://127.0.0.1:{self.port}", "Sec-Fetch-Site": "same-origin", **FORM}
        self.assertEqual(request(self.port, "POST", "/api/pause", own, form({}))[0], 200)
        self.assertTrue(self.is_paused())


class AllowedByGet(unittest.TestCase):
    def test_changes_by_get_are_allowed_for_luigis_clients_only(self):
        with freshetd("--allow-changes-by-get") as scheduler:
            old = {"User-Agent": "Python-urllib/2.7", **FORM}
            self.assertEqual(request(scheduler.port, "GET", "/api/ping", old, form({"worker": "old"}))[0], 200)
            for headers in ({"User-Agent": "Mozilla/5.0"}, {}, {**old, "Sec-Fetch-Site": "none"},
                            {**old, "Origin": "http://evil.example"}, {**old, "Referer": "http://evil.example/"}):
                with self.subTest(headers=headers):
                    self.assertIn(request(scheduler.port, "GET", "/api/pause", headers)[0], (403, 405))


if __name__ == "__main__":
    unittest.main()

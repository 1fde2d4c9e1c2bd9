# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""A receiver of events on a free port of 127.0.0.1, which answers as it is told and keeps a diary."""
import http.server
import json
import threading


class Webhook:
    """`answers`: the status for an event's id, or a list of them, one for each request; else `status`."""

    def __init__(self, status=204, answers=None, tls=None):
        self.status, self.answers = status, answers or {}
        self.asked = []      # ids, in the order of the requests
        self.accepted = []   # ids that were answered with 2xx
        self.headers = []    # of each request
        self.bodies = []     # of the accepted
        self.held = None     # an id whose requests wait for `release`
        self.arrived, self.release = threading.Event(), threading.Event()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.server.server_address[1]}/hook"
        self.name = f"webhook {self.url}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.release.set()
        self.server.shutdown()
        self.server.server_close()

    def config(self, path, *lines):
        """Writes a configuration with this sink to the path, and returns it."""
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(["[[sink]]", 'type = "webhook"', f'url = "{self.url}"', *lines]) + "\n")
        return path

    def answer(self, event_id):
        status = self.answers.get(event_id, self.status)
        if isinstance(status, list):
            status = status.pop(0) if status else self.status
        return status

    def handler(self):
        webhook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                event_id = body.get("id")
                webhook.asked.append(event_id)
                webhook.headers.append(dict(self.headers))
                if webhook.held and event_id == webhook.held:
                    webhook.arrived.set()
                    webhook.release.wait()
                status = webhook.answer(event_id)
                if status // 100 == 2:
                    webhook.accepted.append(event_id)
                    webhook.bodies.append(body)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        return Handler

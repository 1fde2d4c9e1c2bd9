# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Starts schedulers for tests: a real luigid, and freshetd. Each on a free loopback port, in a folder of its own.

    with Freshetd(program) as scheduler:
        scheduler.call("add_task", worker="W", task_id="A")
"""
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(holds, what, seconds=60):
    """Waits for a condition; what it answers when it holds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = holds()
        if answer:
            return answer
        time.sleep(0.01)
    raise AssertionError(f"still not after {seconds} s: {what}")


class Refused(Exception):
    """An answer that is none: its status and its page."""

    def __init__(self, status, page):
        super().__init__(f"{status}: {page[:300]}")
        self.status = status


def ask(port, method, path, body=None, headers=None, timeout=60):
    """One request on a connection of its own: status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def post(port, path, arguments, headers=None):
    """One call as Luigi's workers make it: the value of the answer's "response"."""
    body = urllib.parse.urlencode({"data": json.dumps(arguments)})
    status, page = ask(port, "POST", path, body, {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})})
    if status != 200:
        raise Refused(status, page)
    return json.loads(page)["response"]


class Server:
    """A process that answers Luigi's calls. `kill` and `start` may follow one another: it keeps port and folder."""

    def __init__(self, folder=None):
        self.own_folder = folder is None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="freshet-scheduler-"))
        self.log = self.folder / f"{type(self).__name__.lower()}.log"
        self.port = free_port()
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, cwd=self.folder, env=self.environment())
        until(self.answers, f"{type(self).__name__} answers; its log: {self.log}")
        return self

    def environment(self):
        return dict(os.environ)

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"exited with {self.process.returncode}: {self.log.read_text()}")
        try:
            return ask(self.port, "HEAD", "/", timeout=5)[0] in (200, 204, 302)
        except OSError:
            return False

    def kill(self, how=signal.SIGKILL):
        """Ends it as by kill -9, and returns when it is gone."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(timeout=60) if self.process else None

    def stop(self):
        return self.kill(signal.SIGTERM)

    def call(self, method, **arguments):
        return post(self.port, f"/api/{method}", arguments)

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        self.kill()
        if self.own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)


class Luigid(Server):
    """A real luigid; to be used by the Python of tests/support/with_python."""

    def __init__(self, folder=None, config=None, resources=None):
        super().__init__(folder)
        sections = {"scheduler": {"state_path": self.folder / "luigi.pickle", **(config or {})}, "resources": resources or {}}
        text = "".join(f"[{name}]\n" + "".join(f"{key}={value}\n" for key, value in keys.items())
                       for name, keys in sections.items())
        (self.folder / "luigid.cfg").write_text(text)

    def command(self):
        luigid = pathlib.Path(sys.executable).with_name("luigid")
        return [sys.executable, str(luigid), "--address", "127.0.0.1", "--port", str(self.port)]

    def environment(self):
        return {**os.environ, "LUIGI_CONFIG_PATH": str(self.folder / "luigid.cfg")}


class Freshetd(Server):
    """freshetd with its state in the folder, so that a start after a kill takes up where it was."""

    def __init__(self, program, folder=None, config=None, resources=None, options=()):
        super().__init__(folder)
        self.program, self.options = pathlib.Path(program).resolve(), list(options)
        self.config = self.folder / "freshetd.toml"
        sections = {"scheduler": config or {}, "resources": resources or {}}
        self.config.write_text("".join(f"[{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
                                       for name, keys in sections.items() if keys))

    def command(self):
        configured = ["--config", str(self.config)] if self.config.read_text() else []
        return [str(self.program), "--address", "127.0.0.1", "--port", str(self.port),
                "--state-path", str(self.folder / "state.sqlite"), *configured, *self.options]

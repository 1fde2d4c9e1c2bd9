# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Real schedulers for tests, each on a free port of 127.0.0.1 and ended with its block:

    with Luigid(folder) as scheduler:                      # the real one, of the Python that runs this
    with Freshetd(folder, program) as scheduler:           # program: the path of freshetd
        scheduler.url, scheduler.call("ping", worker="W"), scheduler.kill(), scheduler.start()
"""

import contextlib
import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def task_id(family, params):
    """Returns Luigi's id of a task."""
    text = json.dumps(params, separators=(",", ":"), sort_keys=True)
    summary = "_".join(value[:16] for _, value in sorted(params.items())[:3])
    return f"{family}_{re.sub('[^A-Za-z0-9_]', '_', summary)}_{hashlib.md5(text.encode()).hexdigest()[:10]}"


def poll(condition, what, seconds=30):
    """Returns what `condition` returns once that is true; fails after so many seconds, saying what it waited for."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.02)


class Line:
    """A network line to a port of 127.0.0.1 that can be cut: connections break, and new ones are refused."""

    def __init__(self, port):
        self.target = port
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.ends = set()
        self.lock = threading.Lock()
        self.listener = None

    def __enter__(self):
        self.mend()
        return self

    def __exit__(self, *_):
        self.cut()

    def mend(self):
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self.accept, args=[self.listener], daemon=True).start()

    def cut(self):
        with self.lock:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            for end in self.ends:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def forwards(self, connection):
        """False: it has answered itself."""
        return True

    def accept(self, listener):
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                if not self.forwards(near):
                    continue
                far = socket.create_connection(("127.0.0.1", self.target))
                with self.lock:
                    self.ends |= {near, far}
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self.copy, args=[source, sink], daemon=True).start()

    def copy(self, source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Scheduler:
    """A scheduler in a process of its own. `settings` are the keys of [scheduler], `resources` those of [resources]."""

    name = ""

    def __init__(self, folder, settings=None, resources=None):
        os.makedirs(folder, exist_ok=True)
        self.folder = str(folder)
        self.settings = settings or {}
        self.resources = resources or {}
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = os.path.join(self.folder, f"{self.name}.log")
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Starts it, at the same address and with the state it had; returns when it answers."""
        environment = dict(os.environ, **self.environment())
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, env=environment, cwd=self.folder)
        poll(self.is_up, f"{self.name} answers at {self.url} (see {self.log})", 120)

    def is_up(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.name} ended with {self.process.returncode}:\n{self.log_text()}")
        try:
            urllib.request.urlopen(urllib.request.Request(self.url + "/", method="HEAD"), timeout=5).close()
            return True
        except urllib.error.HTTPError:
            return True  # it wants a token
        except OSError:
            return False

    def stop(self):
        """Ends it as a service manager does."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self):
        """Ends it as a power cut does."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def call(self, method, **arguments):
        """The response to one call."""
        form = urllib.parse.urlencode({"data": json.dumps(arguments)}).encode()
        with urllib.request.urlopen(f"{self.url}/api/{method}", data=form, timeout=30) as answer:
            return json.load(answer)["response"]

    def status_of(self, task_id):
        """The task's status, or None when the scheduler does not know it."""
        for status, tasks in self.call("task_search", task_str=task_id).items():
            if task_id in tasks:
                return status
        return None

    def status_of_family(self, family):
        """The status of a task of the family, or None when the scheduler knows none."""
        for status, tasks in self.call("task_search", task_str=family + "_").items():
            if any(task["name"] == family for task in tasks.values()):
                return status
        return None

    def log_text(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()

    def environment(self):
        return {}


class Luigid(Scheduler):
    """The scheduler that Luigi brings, from PyPI."""

    name = "luigid"

    def command(self):
        with open(os.path.join(self.folder, "luigi.cfg"), "w", encoding="utf-8") as config:
            for section, values in (("scheduler", self.settings), ("resources", self.resources)):
                config.write(f"[{section}]\n" + "".join(f"{key}={value}\n" for key, value in values.items()))
        program = os.path.join(os.path.dirname(sys.executable), "luigid")
        return [program, "--address", "127.0.0.1", "--port", str(self.port),
                "--state-path", os.path.join(self.folder, "luigid.pickle")]

    def environment(self):
        return {"LUIGI_CONFIG_PATH": os.path.join(self.folder, "luigi.cfg")}


class Freshetd(Scheduler):
    """The scheduler of this project."""

    name = "freshetd"

    def __init__(self, folder, program, settings=None, resources=None, options=()):
        super().__init__(folder, settings, resources)
        self.program = os.path.abspath(program)  # it starts in its own folder
        self.options = list(options)

    def command(self):
        config = []
        if self.settings or self.resources:
            path = os.path.join(self.folder, "freshetd.toml")
            with open(path, "w", encoding="utf-8") as file:
                for section, values in (("scheduler", self.settings), ("resources", self.resources)):
                    file.write(f"[{section}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items()))
            config = ["--config", path]
        return [self.program, "--address", "127.0.0.1", "--port", str(self.port),
                "--state-path", os.path.join(self.folder, "freshetd.sqlite"), *config, *self.options]

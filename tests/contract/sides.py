# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""The schedulers under test, each with new(config, resources) and call(method, arguments, now)."""
import json
import subprocess
import tempfile
import unittest.mock
import urllib.error
import urllib.parse
import urllib.request

from support.schedulers import Freshetd, Luigid


class Refused(Exception):
    """An error response, with its status."""

    def __init__(self, status, page):
        super().__init__(f"{status}: {page[:300]}")
        self.status = status


def post(url, body, headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise Refused(error.code, error.read().decode(errors="replace")) from error


def call(url, method, arguments, headers):
    """Sends a call in the form that Luigi's workers use."""
    body = urllib.parse.urlencode({"data": json.dumps(arguments)}).encode()
    return post(f"{url}/api/{method}", body, headers)["response"]


class InProcess:
    """Freshet's state machine behind the RPC codec, without a server."""
    name, is_luigi, has_clock = "in process", False, True

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def say(self, words):
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "refused" in answer:
            raise Refused(500, answer["refused"])
        return answer["response"]

    def new(self, config, resources):
        self.say({"new": {"config": config, "resources": resources}})

    def call(self, method, arguments, now):
        return self.say({"method": method, "arguments": arguments, "now": now})

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)


class Daemon:
    """freshetd's test instances: everything but the state file, with the clock of each call in a header."""
    name, is_luigi, has_clock = "freshetd", False, True

    def __init__(self, program):
        self.folder = tempfile.TemporaryDirectory(prefix="freshet-contract-")
        self.server = Freshetd(self.folder.name, program, options=["--test-instances"])
        self.server.start()
        self.number = None

    def new(self, config, resources):
        body = json.dumps({"config": config, "resources": resources}).encode()
        self.number = post(f"{self.server.url}/debug/new", body, {"Content-Type": "application/json"})["id"]

    def call(self, method, arguments, now):
        return call(f"{self.server.url}/i/{self.number}", method, arguments, {"X-Debug-Now": repr(float(now))})

    def close(self):
        self.server.stop()
        self.folder.cleanup()


class LuigiClass:
    """Luigi's own Scheduler in this process: the real code, with a clock that the test sets."""
    name, is_luigi, has_clock = "luigi", True, True

    def __init__(self):
        import luigi.scheduler
        self.module = luigi.scheduler
        self.scheduler = None

    def new(self, config, resources):
        self.scheduler = self.module.Scheduler(resources=dict(resources), state_path="/nonexistent", **config)

    def call(self, method, arguments, now):
        if method not in self.module.RPC_METHODS:
            raise Refused(404, "no such method")
        arguments = json.loads(json.dumps(arguments))
        with unittest.mock.patch.object(self.module.time, "time", lambda: now):
            try:
                return json.loads(json.dumps(getattr(self.scheduler, method)(**arguments)))
            except Exception as error:  # luigid answers 500 to whatever was thrown
                raise Refused(500, repr(error)) from error

    def close(self):
        pass


class RealServer:
    """A server over HTTP: a new process for each scenario, with the real clock. `server(folder, config, resources)`."""
    has_clock = False

    def __init__(self):
        self.folder, self.process = None, None

    def new(self, config, resources):
        self.close()
        self.folder = tempfile.TemporaryDirectory(prefix="freshet-contract-")
        self.process = self.server(self.folder.name, config, resources)
        self.process.start()

    def call(self, method, arguments, now):
        return call(self.process.url, method, arguments, {})

    def close(self):
        if self.process:
            self.process.kill()
            self.folder.cleanup()
        self.process = None


class RealLuigid(RealServer):
    name, is_luigi = "luigid", True
    server = Luigid


class RealFreshetd(RealServer):
    """With its own state file and its loop, which acts by itself when a time has come."""
    name, is_luigi = "freshetd with its own clock", False

    def __init__(self, program):
        super().__init__()
        self.program = program

    def server(self, folder, config, resources):
        return Freshetd(folder, self.program, config, resources)

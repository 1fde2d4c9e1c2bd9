# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""The schedulers that the contract is held to, each as: new(config, resources), then call(method, arguments, now)."""
import json
import subprocess
import unittest.mock

from support.schedulers import Freshetd, Luigid, Refused, ask, post


class InProcess:
    """Freshet's state machine behind the wire's codec, no server."""
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
        self.server = Freshetd(program, options=["--test-instances"])
        self.server.__enter__()
        self.number = None

    def new(self, config, resources):
        status, page = ask(self.server.port, "POST", "/debug/new", json.dumps({"config": config, "resources": resources}),
                                           {"Content-Type": "application/json"})
        if status != 200:
            raise Refused(status, page)
        self.number = json.loads(page)["id"]

    def call(self, method, arguments, now):
        return post(self.server.port, f"/i/{self.number}/api/{method}", arguments, {"X-Debug-Now": repr(float(now))})

    def close(self):
        self.server.__exit__()


class LuigiClass:
    """Luigi's own Scheduler in this process: the real code, with its clock in our hand."""
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


class RealLuigid:
    """A luigid over HTTP: a new one for each scheduler, and nobody can set its clock."""
    name, is_luigi, has_clock = "luigid", True, False

    def __init__(self):
        self.server = None

    def new(self, config, resources):
        self.close()
        texts = {key: "none" if value is None else value for key, value in config.items()}
        self.server = Luigid(config=texts, resources=resources)
        self.server.__enter__()

    def call(self, method, arguments, now):
        return self.server.call(method, **arguments)

    def close(self):
        if self.server:
            self.server.__exit__()
        self.server = None

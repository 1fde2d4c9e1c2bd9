#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""targets_test.py PROGRAM FRESHETD BACKEND [TEST...]: the promises of published targets, for one kind of store.

PROGRAM is made of published_tasks.hpp. with_s3 and with_postgres start the stores that have a server.
"""
import collections
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", ".."))
from support.programs import ProgramTest  # noqa: E402
from support.schedulers import Freshetd, Line, poll  # noqa: E402

PROGRAM, FRESHETD = (os.path.abspath(argument) for argument in sys.argv[1:3])
BACKEND = sys.argv[3]
del sys.argv[1:4]
KILLS = int(os.environ.get("FRESHET_KILLS", "20"))
QUICK = {"worker_disconnect_delay": 1, "retry_delay": 1, "prune_on_get_work": True}  # the defaults are made for days
SUPPORT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "support")
# Program and folder of the stores' servers.
SERVERS = {"s3": (os.path.join(SUPPORT, "s3_server"), os.environ.get("S3_DIR")),
           "sql": (os.environ.get("POSTGRES_SERVER"), os.environ.get("PGHOST"))}


def server(action):
    program, folder = SERVERS[BACKEND]
    subprocess.run([program, action, folder], stdout=subprocess.DEVNULL, check=True)


class Throttle(Line):
    """A line to a server that answers the first request of each fourth connection with "slow down"."""

    connections = 0

    def forwards(self, connection):
        self.connections += 1
        if self.connections % 4:
            return True
        connection.recv(65536)
        body = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
        connection.sendall(b"HTTP/1.1 503 Slow Down\r\nRetry-After: 1\r\nConnection: close\r\n"
                           b"Content-Length: %d\r\n\r\n" % len(body) + body)
        connection.close()
        return False


class Targets(ProgramTest):
    def setUp(self):
        super().setUp()
        self.logs = 0
        self.store = {name: value for name, value in os.environ.items() if name.startswith(("FRESHET_TEST_", "AWS_", "PG"))}
        os.mkdir(self.path("store"))
        subprocess.run([PROGRAM, "make", BACKEND], env=self.environment(), check=True)

    def environment(self):
        return super().environment() | self.store

    def start(self, command, family, *arguments):
        self.logs += 1
        log = self.path(f"log{self.logs}")
        with open(log, "wb") as out:
            process = self.popen(PROGRAM, command, family, "--root", self.folder, "--backend", BACKEND, *arguments,
                                 stdout=out, stderr=out)
        process.log = log
        return process

    def said(self, process):
        with open(process.log, encoding="utf-8") as file:
            return file.read()

    def ends(self, process, status=0):
        self.assertEqual(process.wait(300), status, self.said(process))
        return self.said(process)

    def call(self, *arguments, status=0):
        return self.ends(self.start(*arguments), status)

    def with_state(self, name, has_sink=True):
        """The arguments for a state of its own, whose events go to the file NAME.events."""
        with open(self.path(f"{name}.toml"), "w", encoding="utf-8") as file:
            if has_sink:
                file.write(f'[[sink]]\ntype = "file"\npath = "{self.path(name)}.events"\n')
        return ["--state", self.path(f"{name}.sqlite"), "--config", self.path(f"{name}.toml")]

    def attempts(self):
        """Number, process and token of each attempt."""
        try:
            with open(self.path("diary"), encoding="utf-8") as file:
                return [line.split() for line in file.read().splitlines()]
        except FileNotFoundError:
            return []

    def token_of(self, index):
        return self.attempts()[index][2]

    def read(self, count):
        """What is published and staged of the pieces 1 to `count`."""
        names = [f"piece{number}" for number in range(1, count + 1)]
        command = [PROGRAM, "read", BACKEND, self.path("store"), *names]
        said = subprocess.run(command, env=self.environment(), capture_output=True, text=True, check=True).stdout
        found = json.loads(said)
        return [found[name] for name in names]

    def tokens(self, count):
        """The token of the attempt that has published each piece."""
        contents = [piece["content"] for piece in self.read(count)]
        self.assertEqual([content.split()[:2] for content in contents], [[str(number), "by"] for number in range(1, count + 1)])
        return [content.split()[2] for content in contents]

    def events(self, name):
        """The ids of the events of each subject."""
        ids = collections.defaultdict(set)
        with open(self.path(f"{name}.events"), encoding="utf-8") as file:
            for event in map(json.loads, file.read().splitlines()):
                ids[event["subject"]].add(event["id"])
        return ids

    def verify(self, count, status=0):
        return json.loads(self.call("verify", "AllPieces", "--count", str(count), "--json", status=status))

    def check_promises(self, count, name, is_clean=True):
        """All is published by one attempt each, as its receipt says, and announced with the id in it; nothing is staged."""
        tokens = self.tokens(count)
        self.assertEqual(self.events(name), {f"piece{number}": {token} for number, token in enumerate(tokens, 1)})
        report = self.verify(count)
        self.assertEqual((report["published"], report["intact"], report["findings"]), (count, count, []))
        if is_clean:
            self.assertEqual([piece["staged"] for piece in self.read(count)], [0] * count)

    def kill_attempt(self):
        """Kills the process of the attempt that has begun last, if it is there yet."""
        process = self.attempts()[-1][1]
        with contextlib.suppress(OSError):
            if os.readlink(f"/proc/{process}/exe") == PROGRAM:
                os.kill(int(process), signal.SIGKILL)

    def test_no_kill_breaks_a_promise(self):
        seed = random.randrange(10**6)
        print(f"seed {seed}", flush=True)
        chance = random.Random(seed)
        count = 3 * KILLS
        command = ["run", "AllPieces", "--count", str(count), "--workers", "2", *self.with_state("kills")]
        run = self.start(*command)
        for number, moment in enumerate(sorted(chance.randrange(count) for _ in range(KILLS))):
            poll(lambda: len(self.attempts()) > moment or run.poll() is not None, "the work goes on", 300)
            if number % 2:
                self.kill_attempt()
            else:
                run.kill()
                run.wait()
                run = self.start(*command)
        self.ends(run)
        self.check_promises(count, "kills", is_clean=BACKEND != "s3")  # there a rule of the bucket removes it

    def wait_for(self, fifo):
        """Until somebody has said in the FIFO that he is there."""
        with open(fifo, "rb") as file:
            self.assertEqual(file.read(), b"here\n")

    @contextlib.contextmanager
    def stopped_at(self, point, folder, process, go=None):
        """Stops the program when it says in a FIFO that it has come to the point, and lets it go on there at the end."""
        names = [os.path.join(folder, point), os.path.join(folder, go or point + ".go")]
        for name in names:
            os.mkfifo(name)
        program = process()
        self.wait_for(names[0])
        program.send_signal(signal.SIGSTOP)
        gate = os.open(names[1], os.O_RDWR)
        for name in names:
            os.remove(name)
        yield program
        os.write(gate, b"x")
        program.send_signal(signal.SIGCONT)
        program.status = program.wait(60)
        os.close(gate)

    def check_stale_attempt(self, scheduler, point, folder, go=None):
        held = ["run", "Piece", "--is-held", "--scheduler", scheduler.url]
        with self.stopped_at(point, folder, lambda: self.start(*held), go) as stale:
            self.call(*held)
            self.assertEqual(self.tokens(1), [self.token_of(1)])
        self.assertEqual(len(self.attempts()), 2)
        self.assertEqual(stale.status, 0, self.said(stale))
        self.assertEqual(self.tokens(1), [self.token_of(1)])
        self.assertEqual(self.read(1)[0]["staged"], 0)
        self.assertEqual(self.verify(1)["intact"], 1)

    def test_an_attempt_that_was_stopped_beyond_its_lease_does_not_publish(self):
        with Freshetd(self.path("freshetd"), FRESHETD, settings=QUICK) as scheduler:
            self.check_stale_attempt(scheduler, "ready", self.folder, "gate")

    @unittest.skipIf(BACKEND in ("local", "sql"), "not published by a commit() that can be held")
    def test_a_worker_that_was_stopped_beyond_its_lease_in_a_commit_does_not_publish(self):
        with Freshetd(self.path("freshetd"), FRESHETD, settings=QUICK) as scheduler:
            self.check_stale_attempt(scheduler, "committing", self.path("store"))

    def locked(self, state):
        """Keeps all others from writing to the SQLite file, until it is killed."""
        lock = ("import signal, sqlite3, sys; state = sqlite3.connect(sys.argv[1]); state.execute('BEGIN IMMEDIATE'); "
                "print('locked', flush=True); signal.pause()")
        locker = self.popen(sys.executable, "-c", lock, state, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.assertEqual(locker.stdout.readline(), b"locked\n")
        return locker

    def test_an_event_that_a_kill_between_commit_and_record_has_lost_is_repeated_with_its_id(self):
        state = self.with_state("events")
        command = ["run", "Piece", "--is-held", *state]
        ready, gate = self.path("ready"), self.path("gate")
        os.mkfifo(ready)
        os.mkfifo(gate)
        run = self.start(*command)
        self.wait_for(ready)
        locker = self.locked(state[1])
        with open(gate, "w", encoding="ascii") as file:
            file.write("x")
        poll(lambda: self.read(1)[0]["content"], "it is published")
        for process in (run, locker):
            self.put_away(process)
        os.remove(ready)
        self.assertFalse(os.path.exists(self.path("events.events")), self.said(run))
        self.call(*command)
        self.assertEqual(len(self.attempts()), 1)
        self.check_promises(1, "events")

    @unittest.skipIf(BACKEND not in SERVERS, "this store has no server")
    def test_a_server_that_is_killed_in_the_middle_loses_and_doubles_nothing(self):
        run = self.start("run", "AllPieces", "--count", "20", "--workers", "2", *self.with_state("restarts"))
        for moment in (2, 7, 12):
            poll(lambda: len(self.attempts()) > moment or run.poll() is not None, "the work goes on", 300)
            server("kill")
            server("start")
        self.ends(run)
        self.check_promises(20, "restarts", is_clean=BACKEND != "s3")

    @unittest.skipIf(BACKEND != "s3", "this store does not ask to slow down")
    def test_requests_that_the_store_asks_to_slow_down_are_repeated(self):
        state = self.with_state("throttled")
        url = self.store["AWS_ENDPOINT_URL_S3"]
        with Throttle(int(url.rsplit(":", 1)[1])) as line:
            self.store["AWS_ENDPOINT_URL_S3"] = line.url
            self.call("run", "AllPieces", "--count", "8", *state)
            self.assertGreaterEqual(line.connections, 8)
        self.store["AWS_ENDPOINT_URL_S3"] = url
        self.check_promises(8, "throttled")

    def test_the_event_of_a_complete_task_that_no_state_knows_is_repeated_with_its_id(self):
        self.call("run", "Piece", *self.with_state("events"))
        self.call("run", "AllPieces", "--count", "3", *self.with_state("other", has_sink=False))
        self.call("run", "AllPieces", "--count", "3", *self.with_state("events"))
        self.assertEqual(len(self.attempts()), 3)
        self.check_promises(3, "events")

    def test_verify_and_why_name_what_was_replaced_and_what_made_it(self):
        self.call("run", "AllPieces", "--count", "3", *self.with_state("one"))
        self.assertIn("is complete: attempt 1 on ", self.call("why", "Piece", *self.with_state("one")))
        content = self.read(2)[1]["content"]
        for other, difference in ((content[:-1] + "?", "has changed: its SHA-256 is"), ("x", " bytes, but ")):
            subprocess.run([PROGRAM, "replace", BACKEND, self.path("store"), "piece2", other], env=self.environment(), check=True)
            report = self.verify(3, status=30)
            self.assertEqual([(finding["kind"], finding["subject"].split("(")[0]) for finding in report["findings"]],
                             [("changed", "Piece")])
            self.assertIn(difference, report["findings"][0]["text"])
            self.assertIn("piece2'", report["findings"][0]["text"])


if __name__ == "__main__":
    unittest.main()

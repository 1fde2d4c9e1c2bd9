# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Some days of operation, or a year, on a simulated clock (libfaketime): gfs Contiguous is started twice a cycle against two
mirrors, with outages, late and republished cycles, a sink that is away or rejects events for good, missed starts, kills, deleted
files and a full disk. A model of all that says what gfs status has to answer at every step."""
import contextlib
import datetime
import http.server
import json
import os
import pathlib
import random
import subprocess
import sys
import threading
import time
import urllib.request

from pipeline import BIN, Folder, Mirror, check, events, gfs, kill, skip

FAKETIME = pathlib.Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
START = datetime.datetime(2030, 1, 1, tzinfo=datetime.timezone.utc)
CYCLE = datetime.timedelta(hours=6)
USUAL = datetime.timedelta(hours=3, minutes=35)  # of lead 0
KEPT = 8
SEVERITIES = ["ok", "warning", "unknown", "critical"]
WATCHED = datetime.timedelta(hours=12)
# What may happen in a cycle, and how often.
KINDS = {"nothing": 8, "outage of a": 2, "outage of b": 2, "outage of both": 2, "late": 2, "very late": 2,
         "sink away": 1, "rejected": 1, "republished": 3, "kills": 4, "missed": 2, "deleted": 2, "full disk": 1}
REJECTIONS = 5  # after which an event is dead


def hours(number):
    return datetime.timedelta(hours=number)


def name_of(cycle):
    return f"{cycle:%Y-%m-%dT%H}"


def at(moment):
    """The environment of a program to which it is `moment`."""
    return dict(os.environ, LD_PRELOAD=str(FAKETIME), FAKETIME=f"@{moment:%Y-%m-%d %H:%M:%S}", DONT_FAKE_MONOTONIC="1",
                NO_FAKE_STAT="1", TZ="UTC")


class Webhook:
    """Records the events that it took, those with the status 200."""

    def __init__(self):
        self.status, self.taken = 200, {}
        webhook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if webhook.status == 200:
                    webhook.taken.setdefault(event["id"], event)
                self.send_response(webhook.status)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}/"


def set_faults(mirror, faults):
    request = urllib.request.Request(mirror.url() + "_mirror/faults", json.dumps({"faults": faults}).encode(), method="POST")
    urllib.request.urlopen(request).close()


class Upstream:
    """Two mirrors with the same files."""

    def __init__(self, work):
        self.folder, self.down = work / "source", set()
        self.folder.mkdir()
        for name in ("a", "b"):
            (work / name).mkdir()
        self.mirrors = {name: Mirror(self.folder, work / name) for name in ("a", "b")}

    def publish(self, cycle, revision=1):
        subprocess.run([BIN / "gfs-simulator", "make", self.folder, "--cycle", name_of(cycle), "--leads", "0", "--grid", "small",
                        "--revision", str(revision)], check=True, stdout=subprocess.DEVNULL)

    def set_down(self, names):
        self.down = set(names)
        for name, mirror in self.mirrors.items():
            set_faults(mirror, [{"kind": "status", "status": 503}] if name in names else [])

    def source(self):
        return ",".join(mirror.url() for mirror in self.mirrors.values())


class Model:
    """The state that the store must have, from what happened to it."""

    def __init__(self):
        self.published = {}  # revisions by cycle
        self.complete = {}  # the same, in the store, also of cycles that were removed
        self.queued = {}  # times of events that the sink does not have, by cycle
        self.dead = set()  # cycles whose events the sink has rejected for good
        self.damaged = False

    def run_ended(self, moment, mirrors_up, sink_takes):
        newest_asked = START + (moment - hours(3) - datetime.timedelta(minutes=20) - START) // CYCLE * CYCLE
        oldest_asked = max(START, newest_asked - (KEPT - 1) * CYCLE)
        for cycle, revision in self.published.items():
            is_watched = newest_asked - cycle < WATCHED and moment - cycle <= WATCHED
            if not mirrors_up or not oldest_asked <= cycle <= newest_asked:
                continue
            if cycle not in self.complete or (is_watched and self.complete[cycle] < revision):
                self.queued.setdefault(cycle, moment)
                self.complete[cycle] = revision
        if sink_takes:
            self.queued.clear()

    def rejected_for_good(self):
        self.dead |= set(self.queued)
        self.queued.clear()

    def severity(self, moment, disk):
        severities = ["ok", disk]
        newest = max(self.complete)
        late = moment - (newest + CYCLE + USUAL)
        severities.append("critical" if late >= hours(7) else "warning" if late >= hours(1) else "ok")
        present = sorted(self.complete)[-KEPT:]
        gaps = (newest - present[0]) // CYCLE + 1 - len(present)
        severities.append("critical" if gaps >= 4 else "warning" if gaps else "ok")
        if self.queued:
            age = moment - min(self.queued.values())
            severities.append("critical" if age >= hours(6) else "warning" if age >= hours(1) else "ok")
        if self.damaged or self.dead:
            severities.append("critical")
        return max(severities, key=SEVERITIES.index)


class Rehearsal:
    def __init__(self, work, root, seed):
        self.random, self.work, self.root = random.Random(seed), work, root
        self.upstream, self.webhook, self.model = Upstream(work), Webhook(), Model()
        self.kills = self.steps = 0
        self.overdue = []  # cycles that upstream publishes after the next one
        self.rejected, self.skipped = 0, set()  # number and ids of events
        self.config = work / "gfs.toml"
        self.config.write_text(f'[[sink]]\ntype = "webhook"\nurl = "{self.webhook.url()}"\n')

    def arguments(self):
        return ["run", "Contiguous", "--since", name_of(START), "--leads", "0", "--variables", "TMP:2 m above ground", "--dataset",
                "rehearsed", "--source", self.upstream.source(), "--root", self.root, "--keep-cycles", str(KEPT), "--config",
                self.config, "--longest-pause", "0.05", "--tempfail-ok"]

    def run(self, moment):
        done = gfs(*self.arguments(), env=at(moment))
        self.model.run_ended(moment, len(self.upstream.down) < 2, self.webhook.status == 200)
        undelivered = bool(self.model.queued or self.model.dead)
        check((done.returncode == 36) == undelivered, f"36 tells of undelivered events: {self.model.queued}, {self.model.dead}, "
              f"{done.returncode} at {moment}:\n{done.stdout}{done.stderr}")
        return done

    def run_killed(self, moment):
        """Starts a run and kills it, at a random time; a later run makes up for it."""
        process = subprocess.Popen([BIN / "gfs", *map(str, self.arguments())], env=at(moment), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(self.random.uniform(0, 0.4))
        self.kills += kill(process.pid) if process.poll() is None else 0
        process.wait()

    def disk(self, told):
        room = os.statvfs(self.root).f_bavail * os.statvfs(self.root).f_frsize
        newest = told["datasets"][0]["newest_complete"] if told["datasets"] else None
        cycles = room // newest["bytes"] if newest else 99
        return "critical" if cycles < 1 else "warning" if cycles < 4 else "ok"

    def compare(self, moment, did, run=None):
        """Asks gfs status and the model."""
        answer = gfs("status", "--root", self.root, "--dataset", "rehearsed", "--json", env=at(moment))
        told = json.loads(answer.stdout)
        expected = self.model.severity(moment, self.disk(told))
        if told["mirrors"] and not any(mirror["healthy"] for mirror in told["mirrors"]) and expected == "ok":
            expected = "warning"
        said = f"{moment} after {did}:\n{answer.stdout}{run.stdout + run.stderr if run else ''}"
        check(told["status"] == expected and answer.returncode == {"ok": 0, "warning": 1, "critical": 2, "unknown": 3}[expected],
              f"the status is {expected} at {said}")
        newest = told["datasets"][0]["newest_complete"] if told["datasets"] else None
        if self.model.complete:
            cycle = max(self.model.complete)
            check(newest and (newest["cycle"], newest["revision"]) == (name_of(cycle), self.model.complete[cycle]),
                  f"the newest cycle is {name_of(cycle)} at {said}")
        self.steps += 1

    def kinds(self, count):
        """Two quiet cycles to begin with, then each kind once, then by chance."""
        once = sorted(KINDS)
        self.random.shuffle(once)
        by_chance = self.random.choices(list(KINDS), weights=KINDS.values(), k=count)
        return (["nothing", "nothing"] + once + by_chance)[:count - 1] + ["nothing"]

    def step(self, cycle, kind):
        """Lives through a cycle, in which one thing happens."""
        early, later = cycle + hours(4), cycle + hours(5.5)
        if kind not in ("late", "very late"):
            self.publish(cycle)
        self.upstream.set_down({"outage of a": "a", "outage of b": "b", "outage of both": "ab"}.get(kind, ""))
        self.webhook.status = {"sink away": 503, "rejected": 422}.get(kind, 200)
        if kind == "kills":
            for _ in range(3):
                self.run_killed(early)
        if kind == "full disk":
            self.fill_disk(early)
        elif kind != "missed":
            self.compare(early + hours(0.1), kind, self.run(early))
        if kind == "deleted":
            self.delete_a_file(early + hours(0.2))
        if kind == "rejected":
            self.reject_for_good(early + hours(0.2))
        for late in self.overdue:
            self.publish(late)
        self.overdue = [cycle] if kind == "very late" else []
        if kind == "late":
            self.compare(later, kind, self.run(later))  # not yet
            self.publish(cycle)
        if kind == "republished":
            self.publish(cycle, 2)
        self.upstream.set_down("" if self.random.random() < 0.7 else self.upstream.down)
        self.webhook.status = 200
        if self.model.dead:
            self.decide_dead(later)
        self.compare(later + hours(0.1), kind + ", again", self.run(later + hours(0.05)))

    def undelivered(self, moment):
        told = gfs("events", "list", "--state", self.root / ".freshet/state.sqlite", "--json", env=at(moment))
        return {event["id"]: event["state"] for event in json.loads(told.stdout)}

    def reject_for_good(self, moment):
        """Delivers until the events of the last run are dead."""
        for again in range(REJECTIONS - 1):
            done = gfs("deliver", "--state", self.root / ".freshet/state.sqlite", "--config", self.config, env=at(moment + hours(0.1 * again)))
            check(done.returncode == (36 if self.model.queued or self.model.dead else 0), f"deliver tells: {done.stdout}{done.stderr}")
        self.model.rejected_for_good()
        after = moment + hours(0.1 * REJECTIONS)
        states = self.undelivered(after)
        check(set(states.values()) <= {"dead"} and bool(states) == bool(self.model.dead), f"they are dead: {states}")
        self.rejected += len(states)
        self.compare(after, "rejected for good")

    def decide_dead(self, moment):
        """An operator has dead events sent again by the next run, or gives them up."""
        ids = set(self.undelivered(moment))
        action = self.random.choice(["resend", "skip"])
        done = gfs("events", action, "--all", "--state", self.root / ".freshet/state.sqlite", "--config", self.config, env=at(moment))
        check(done.returncode == 0, f"events {action}: {done.stdout}{done.stderr}")
        if action == "skip":
            self.skipped |= ids
        self.model.dead.clear()  # the next run delivers what is resent

    def publish(self, cycle, revision=1):
        self.upstream.publish(cycle, revision)
        self.model.published[cycle] = revision

    def delete_a_file(self, moment):
        newest = max(self.model.complete)
        file = next((self.root / "rehearsed" / name_of(newest)).glob("r*/*.f000.nc"))
        content = file.read_bytes()
        file.unlink()
        self.model.damaged = True
        self.compare(moment, "deleted")
        file.write_bytes(content)
        self.model.damaged = False

    def fill_disk(self, moment):
        """Lets a run begin without room, which goes on once there is some, or cannot begin and says so."""
        ballast = self.root / "ballast"
        with contextlib.suppress(OSError), open(ballast, "wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        self.compare(moment, "the disk is full")
        process = subprocess.Popen([BIN / "gfs", *map(str, self.arguments())], env=at(moment), stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True)
        told = next((line for line in process.stdout if "No space left" in line or "disk is full" in line), None)
        ballast.unlink()
        process.communicate()
        check(told, "a full disk is told")
        self.compare(moment + hours(0.1), "full disk", self.run(moment))

    def check_end(self, cycles):
        completed = [event for event in events(self.root) if event["type"].endswith(".completed.v1")]
        by_cycle = {}
        for event in completed:
            by_cycle.setdefault((event["data"]["cycle"], event["data"]["revision"]), set()).add(event["id"])
        check({cycle for cycle, _ in by_cycle} == {name_of(cycle) for cycle in cycles}, "every cycle was announced")
        check(all(len(ids) == 1 for ids in by_cycle.values()), "each of them with one id")
        check({event["id"] for event in events(self.root)} - self.skipped == set(self.webhook.taken),
              "the sink has every event that was not given up")
        kept = [path.name for path in (self.root / "rehearsed").glob("20*")]
        check(len(kept) == KEPT, f"{KEPT} cycles are kept: {sorted(kept)}")
        state = (self.root / ".freshet/state.sqlite").stat().st_size
        check(state < 3_000_000 + 20_000 * len(cycles), f"the state is bounded: {state} bytes after {len(cycles)} cycles")


@contextlib.contextmanager
def small_disk(folder):
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "none", folder], capture_output=True).returncode == 0
    if not mounted:
        skip("only root can mount a small filesystem")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def main():
    days = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(1_000_000)
    if not FAKETIME.exists():
        skip("faketime is not installed")
    print(f"{days} days, seed {seed}", flush=True)
    begun = time.monotonic()
    with Folder() as work, small_disk(work / "store") as root:
        rehearsal = Rehearsal(work, root, seed)
        with rehearsal.upstream.mirrors["a"], rehearsal.upstream.mirrors["b"]:
            cycles = [START + number * CYCLE for number in range(4 * days)]
            for cycle, kind in zip(cycles, rehearsal.kinds(len(cycles))):
                rehearsal.step(cycle, kind)
            rehearsal.upstream.set_down("")
            last = cycles[-1] + hours(5.8)
            rehearsal.compare(last + hours(0.1), "the end", rehearsal.run(last))
            rehearsal.check_end(cycles)
        print(f"{rehearsal.steps} answers of gfs status, {rehearsal.kills} kills and {rehearsal.rejected} dead events in {time.monotonic() - begun:.0f} s")


main()

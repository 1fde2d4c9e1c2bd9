# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the end-to-end tests of the GFS pipeline: the programs, a simulated mirror, a store to inspect."""
import datetime
import hashlib
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request

BIN = pathlib.Path(os.environ.get("FRESHET_BIN", "build/dev/bin"))
CYCLE = "2026-08-21T06"


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


def check(truth, sentence):
    if not truth:
        sys.exit(f"failed: {sentence}")


def newest_cycle():
    """The cycle that gfs resolves `latest` to, which is within the watch window of the real clock."""
    published = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=3, minutes=20)
    return published.replace(hour=published.hour // 6 * 6).strftime("%Y-%m-%dT%H")


class Folder:
    """A temporary folder, on a memory filesystem if there is one; kept when the test fails."""

    def __enter__(self):
        where = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="freshet-", dir=where))
        return self.path

    def __exit__(self, kind, *_):
        if kind is None or (kind is SystemExit and _[0].code in (0, None)):
            shutil.rmtree(self.path, ignore_errors=True)
        else:
            print(f"kept for inspection: {self.path}", file=sys.stderr)


class Mirror:
    """gfs-simulator serving a folder on a free port; restarts on the same port."""

    def __init__(self, folder, work):
        self.folder, self.work, self.port, self.process = folder, work, 0, None

    def start(self):
        port_file = self.work / "port"
        port_file.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [BIN / "gfs-simulator", "serve", self.folder, "--port", str(self.port), "--port-file", port_file],
            stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()  # printed once it listens
        check(line, "the simulator prints its address")
        self.port = int(port_file.read_text())
        return self

    def url(self):
        return f"http://127.0.0.1:{self.port}/"

    def statistics(self):
        with urllib.request.urlopen(self.url() + "_mirror/statistics") as answer:
            return json.load(answer)

    def set_faults(self, *faults):
        request = urllib.request.Request(self.url() + "_mirror/faults", json.dumps({"faults": faults}).encode())
        with urllib.request.urlopen(request) as answer:
            check(answer.status == 200, "the simulator accepts the faults")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def gfs(*arguments, **options):
    """Runs gfs and returns the result of subprocess.run, with its output as text."""
    return subprocess.run([BIN / "gfs", *map(str, arguments)], capture_output=True, text=True, check=False, **options)


def ingest_arguments(source, root, leads="0-3", *more, cycle=CYCLE):
    return ["run", "IngestCycle", "--cycle", cycle, "--leads", leads, "--source", source, "--root", root, *more]


def make_small_cycle(folder, leads="0-3", *more, cycle=CYCLE):
    subprocess.run([BIN / "gfs-simulator", "make", folder, "--cycle", cycle, "--leads", leads, "--grid", "small", *more],
                   check=True, stdout=subprocess.DEVNULL)


def published(root):
    """The outputs in a store, each with its inode and time, which differ when it is made again."""
    files = [path for path in pathlib.Path(root).rglob("*") if path.suffix in (".nc", ".json") and ".freshet" not in path.parts
             and path.is_file() and not path.is_symlink() and "latest" not in path.parts and "grib" not in path.parts
             and path.name not in ("selection.json", "requested.json")]
    return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in files}


def agrees_with_its_receipt(path):
    file = path.parent / ".freshet" / (path.name + ".json")
    if not file.exists():
        return False
    receipt = json.loads(file.read_text())
    return receipt["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def events(root):
    file = pathlib.Path(root) / "events.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def descendants(pid):
    """The descendants of `pid`, each with a pidfd."""
    found, open_pids = [], [pid]
    while open_pids:
        parent = open_pids.pop()
        try:
            children = pathlib.Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        except OSError:
            continue
        for child in map(int, children):
            try:
                found.append((child, os.pidfd_open(child)))
            except OSError:
                continue  # exited meanwhile
            open_pids.append(child)
    return found


def is_gone(pidfd, seconds=10):
    return bool(select.select([pidfd], [], [], seconds)[0])


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
        return True
    except ProcessLookupError:
        return False

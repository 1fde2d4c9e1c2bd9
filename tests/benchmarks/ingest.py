# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""ingest.py GFS GFS_SIMULATOR MESSAGES [--quick]: ingestion of a cycle beside its download and its conversion alone.

13 leads (with --quick 2) with all messages of a 0.25 degree file, cloned from the real messages below the folder MESSAGES,
are served by a local simulator from a memory filesystem, at full speed and then through a link of 100 Mbit/s, which the
connections share. In each round take turns:

download      the bytes that the run transfers, by a plain client over as many connections, written to files
conversion    the same run where the messages are there already
ingestion     the whole run, with the defaults of `gfs run`
one by one    the whole run with --workers 1; at full speed only

Prints medians of wall time, and their ratio to the slower of download and conversion.
"""
import http.client
import json
import os
import pathlib
import queue
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from support.machine import show_machine  # noqa: E402

CYCLE = "2026-11-21T00"
CONNECTIONS = 2  # of a run
LINK = 12_500_000  # bytes a second


def call(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words[:3]))} failed: {done.stdout}{done.stderr}")


class Upstream:
    """A simulator that serves the folder."""

    def __init__(self, simulator, folder):
        self.process = subprocess.Popen([simulator, "serve", folder], stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]
        self.port = int(self.url.rsplit(":", 1)[1].strip("/"))

    def request(self, path, body=None):
        with urllib.request.urlopen(self.url + "_mirror/" + path, body) as answer:
            return json.load(answer)

    def set_link(self, rate):
        faults = [{"kind": "slow", "path": "*", "rate": rate}] if rate else []
        self.request("faults", json.dumps({"faults": faults}).encode())

    def bytes_of_leads(self):
        """By path, the bytes of GRIB that one run has transferred."""
        found = {}
        for answer in self.request("statistics")["answers"]:
            if answer["method"] == "GET" and not answer["path"].endswith(".idx"):
                found[answer["path"]] = found.get(answer["path"], 0) + answer["bytes"]
        return found

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def download(upstream, leads, folder):
    """Transfers so many bytes of each file."""
    folder.mkdir()
    waiting = queue.SimpleQueue()
    for lead in leads.items():
        waiting.put(lead)

    def transfer():
        connection = http.client.HTTPConnection("127.0.0.1", upstream.port)
        while not waiting.empty():
            path, size = waiting.get()
            connection.request("GET", path, headers={"Range": f"bytes=0-{size - 1}"})
            response = connection.getresponse()
            with open(folder / path.rsplit("/", 1)[1], "wb") as file:
                shutil.copyfileobj(response, file, 1 << 20)

    threads = [threading.Thread(target=transfer) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shutil.rmtree(folder)


class Bench:
    def __init__(self, gfs, upstream, leads, folder):
        self.gfs, self.upstream, self.leads, self.folder = gfs, upstream, leads, folder

    def run(self, root, *more):
        call(self.gfs, "run", "IngestCycle", "--cycle", CYCLE, "--leads", self.leads, "--source", self.upstream.url,
             "--root", root, *more)

    def prepare(self):
        """Downloads the messages for good, and finds out how many bytes that takes."""
        self.run(self.folder / "messages", "--keep-grib")
        self.sizes = self.upstream.bytes_of_leads()

    def forget_conversion(self):
        root = self.folder / "messages"
        revision = next(root.glob(f"gfs.0p25/{CYCLE}/r1"))
        for path in [*revision.iterdir(), root / ".freshet", root / "gfs.0p25" / "latest"]:
            if path.name != "grib":
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)

    def ingest(self, *more):
        self.run(self.folder / "new", *more)

    def forget_ingestion(self):
        shutil.rmtree(self.folder / "new", ignore_errors=True)


def seconds(action):
    used, began = os.times(), time.perf_counter()
    action()
    wall, after = time.perf_counter() - began, os.times()
    return wall, sum(after[:4]) - sum(used[:4])


def compare(title, bench, runs, more):
    programs = {"download": lambda: download(bench.upstream, bench.sizes, bench.folder / "plain"),
                "conversion": lambda: bench.run(bench.folder / "messages", "--keep-grib"),
                "ingestion": bench.ingest, **more}
    results = {name: [] for name in programs}
    for _ in range(runs):
        for name, program in programs.items():
            bench.forget_conversion()
            bench.forget_ingestion()
            results[name].append(seconds(program))
    walls = {name: statistics.median(wall for wall, _ in times) for name, times in results.items()}
    slower = max(walls["download"], walls["conversion"])
    print(f"\n{title}, {runs} runs each in turn:")
    for name, times in results.items():
        print(f"{name:12} {walls[name]:7.2f} s ({min(times)[0]:.2f} .. {max(times)[0]:.2f})   x {walls[name] / slower:5.2f}   "
              f"{statistics.median(used for _, used in times):6.2f} s of the processor", flush=True)


def main():
    gfs, simulator, messages = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
    if not messages.is_dir():
        print(f"skipped: no real messages in '{messages}'")
        sys.exit(77)
    is_quick = "--quick" in sys.argv
    leads, runs = ("1-2", 1) if is_quick else ("0-12", 5)
    show_machine()
    with tempfile.TemporaryDirectory(prefix="freshet-", dir="/dev/shm") as name:
        folder = pathlib.Path(name)
        call(simulator, "clone", messages, folder / "upstream", "--cycle", CYCLE, "--leads", leads)
        with Upstream(simulator, folder / "upstream") as upstream:
            bench = Bench(gfs, upstream, leads, folder)
            bench.prepare()
            megabytes = sum(bench.sizes.values()) / 1e6
            compare(f"leads {leads}, {megabytes:.0f} MB, at full speed", bench, runs,
                    {"one by one": lambda: bench.ingest("--workers", "1")})
            upstream.set_link(LINK // CONNECTIONS)
            compare(f"leads {leads}, {megabytes:.0f} MB, link of 100 Mbit/s", bench, runs, {})


main()

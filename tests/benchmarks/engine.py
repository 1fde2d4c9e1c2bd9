# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""engine.py PROGRAM [--quick]: duration of whole runs, from exec to exit, with files and state on a memory filesystem.

Prints median, minimum and maximum of the runs, and the cost of one plain file on this machine, so that figures of two
machines can be compared as ratios.
"""
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def seconds(call):
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


class Bench:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder

    def run(self, family, count):
        flag = "--length" if family == "Chain" else "--number" if family == "Leaf" else "--count"
        done = subprocess.run([self.program, "run", family, flag, str(count), "--root", self.folder / "data",
                               "--state", self.folder / "state" / "state.sqlite", "--workers", "2"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{family} {count} exited with {done.returncode}: {done.stderr}")

    def clean(self):
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        shutil.rmtree(self.folder / "state", ignore_errors=True)

    def missing(self, family, count):
        self.clean()
        return seconds(lambda: self.run(family, count))

    def complete(self, family, count):
        return seconds(lambda: self.run(family, count))


def plain_files(folder, count):
    """Writes, syncs and renames the same number of files without an engine."""
    (folder / "plain").mkdir(parents=True)
    for number in range(count):
        name = folder / "plain" / f"leaf{number}"
        with open(str(name) + ".part", "wb") as file:
            os.fsync(file.fileno())
        os.rename(str(name) + ".part", name)
    shutil.rmtree(folder / "plain")


def show(what, times):
    print(f"{what:60} {statistics.median(times):8.3f} s  ({min(times):.3f} .. {max(times):.3f}, {len(times)} runs)", flush=True)


def main():
    program, many = sys.argv[1], 1_000 if "--quick" in sys.argv else 10_000
    with tempfile.TemporaryDirectory(prefix="freshet-", dir="/dev/shm") as name:
        folder = pathlib.Path(name)
        bench = Bench(program, folder)
        show(f"peer: {many} files written, synced and renamed by a script", [seconds(lambda: plain_files(folder, many)) for _ in range(5)])
        show(f"{many} independent tasks, outputs missing", [bench.missing("Independent", many) for _ in range(5)])
        show(f"{many} independent tasks, outputs there", [bench.complete("Independent", many) for _ in range(5)])
        bench.missing("Leaf", 1)
        show("one complete task, exec to exit", [bench.complete("Leaf", 1) for _ in range(20)])
        show(f"a chain of {5 * many}", [bench.missing("Chain", 5 * many)])
        show(f"a fan-in of {5 * many}", [bench.missing("FanIn", 5 * many)])


main()

# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""engine.py GRAPHS [--before GRAPHS] [--runs N] [--quick]: whole runs beside Luigi's, from exec to exit, with one worker.

GRAPHS is the program of graphs.cpp; --before names an older one, to compare with. The programs take turns in one run,
with files and state on a memory filesystem; Luigi has no state and syncs nothing. Prints the median of the elapsed and
of the processor's time, and how many times as long the others take. On a machine with other work only the latter can be
compared. --quick takes a tenth of the tasks. Use an optimised build (preset release).
"""
import argparse
import importlib.util
import os
import pathlib
import shutil
import statistics
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from support.machine import run_measured, show_machine  # noqa: E402

PATIENCE = 120  # seconds; what takes longer is run once


def measured(command):
    """(elapsed seconds, seconds of the processors) of one run."""
    return run_measured(command)[:2]


def evict(paths):
    """Removes files from the page cache, as far as no process has them mapped."""
    for path in paths:
        with open(path, "rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


class Freshet:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder

    def files(self):
        return [self.program]

    def command(self, *task):
        return [self.program, "run", *task, "--root", self.folder / "data", "--state",
                self.folder / "state" / "state.sqlite", "--workers", "1"]


class Luigi:
    def __init__(self, folder):
        self.folder = folder
        os.environ["PYTHONPATH"] = str(pathlib.Path(__file__).parent)

    def files(self):
        package = pathlib.Path(importlib.util.find_spec("luigi").origin).parent
        return [sys.executable, *package.rglob("*.py"), *package.rglob("*.pyc")]

    def command(self, *task):
        return [sys.executable, "-m", "luigi", "--module", "luigi_graphs", *task, "--root", self.folder / "data",
                "--local-scheduler", "--workers", "1", "--no-lock", "--log-level", "ERROR"]


class Bench:
    def __init__(self, peers, folder, runs):
        self.peers, self.folder, self.runs = peers, folder, runs

    def clean(self, keeps_data=False):
        shutil.rmtree(self.folder / "state", ignore_errors=True)
        if not keeps_data:
            shutil.rmtree(self.folder / "data", ignore_errors=True)
            (self.folder / "data").mkdir()

    def compare(self, title, task, is_complete=False, is_cold=False, peers=None, runs=None):
        """Returns the median times of the first peer."""
        peers = peers or self.peers
        times = {name: [] for name in peers}
        for _ in range(runs or self.runs):
            for name, peer in peers.items():
                if times[name] and times[name][0][0] > PATIENCE:
                    continue
                self.clean(keeps_data=is_complete)
                if is_cold:
                    evict(peer.files())
                times[name].append(measured(peer.command(*task)))
        medians = {name: [statistics.median(kind) for kind in zip(*values)] for name, values in times.items()}
        print(f"\n{title}:")
        ours = next(iter(medians.values()))
        for name, (elapsed, used) in medians.items():
            print(f"    {name:16} {elapsed:9.3f} s   x {elapsed / ours[0]:6.1f}      processor {used:9.3f} s   "
                  f"x {used / ours[1]:6.1f}      {len(times[name])} runs", flush=True)
        return ours


def make_outputs(folder, count):
    for number in range(count):
        (folder / "data" / f"leaf{number}").touch()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--before", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    many = 1_000 if options.quick else 10_000
    show_machine()
    with tempfile.TemporaryDirectory(prefix="freshet-", dir="/dev/shm") as name:
        folder = pathlib.Path(name)
        ours = {"Freshet": Freshet(options.program.resolve(), folder)}
        if options.before:
            ours["Freshet before"] = Freshet(options.before.resolve(), folder)
        peers = dict(ours)
        if importlib.util.find_spec("luigi"):
            peers["Luigi"] = Luigi(folder)
        else:
            print("skipped: Luigi is not installed")
        bench = Bench(peers, folder, options.runs)
        bench.clean()
        make_outputs(folder, 10 * many)
        bench.compare(f"{10 * many} independent tasks, outputs there", ["Independent", "--count", 10 * many], is_complete=True)
        bench.compare("one complete task", ["Leaf"], is_complete=True, runs=4 * options.runs)
        bench.compare("one complete task, a program that is not in memory", ["Leaf"], is_complete=True, is_cold=True)
        bench.compare(f"a chain of {many // 2}", ["Chain", "--length", many // 2])
        bench.compare(f"a fan-in of {many}", ["FanIn", "--count", many])
        independent = bench.compare(f"{many} independent tasks, outputs missing", ["Independent", "--count", many])
        for title, task in {"a chain": ["Chain", "--length"], "a fan-in": ["FanIn", "--count"]}.items():
            times = bench.compare(f"{title} of {5 * many}", [*task, 5 * many], peers=ours, runs=1)
            print(f"    each task takes {times[0] / independent[0] / 5:.2f} times as long as an independent one, "
                  f"and {times[1] / independent[1] / 5:.2f} times the processor")


main()

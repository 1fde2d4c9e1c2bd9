# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""run_kill_test.py PIECES KILLS [SEED]: kill -9 of runs at random moments, while 4 of them share a state and 2,000 tasks.

Every other time it is the run that holds the state. A killed run is started again. Afterwards all runs have finished,
every task is complete, none was recorded as done twice or begun after its completion was recorded, and no kill has cost
more than the one attempt that the killed run had.
"""
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))

from pieces import TASKS, begun, judge  # noqa: E402
from support.schedulers import poll  # noqa: E402

RUNS = 4


class Runs:
    def __init__(self, program, folder):
        self.program, self.folder, self.started = program, folder, 0
        self.state = folder / "state.sqlite"
        self.running = [self.start() for _ in range(RUNS)]

    def start(self):
        self.started += 1
        log = open(self.folder / f"run{self.started}.log", "wb")
        process = subprocess.Popen([self.program, "run", "AllPieces", "--root", self.folder, "--count", str(TASKS), "--state",
                                    self.state, "--workers", "1"], stdout=log, stderr=log)
        process.log = log.name
        return process

    def are_over(self):
        return all(run.poll() is not None for run in self.running)

    def owner(self):
        """The index of the run that holds the state, or did last."""
        try:
            pid = json.loads((self.folder / "state.sqlite.lock").read_text())["pid"]
        except (OSError, ValueError):
            return 0
        return next((index for index, run in enumerate(self.running) if run.pid == pid), 0)

    def kill(self, index):
        self.running[index].kill()
        self.running[index].wait()
        self.running[index] = self.start()


def main():
    kills, seed = int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(10**6)
    print(f"seed {seed}", flush=True)
    chance = random.Random(seed)
    where = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="freshet-kill-", dir=where) as name:
        folder = pathlib.Path(name)
        began = time.monotonic()
        runs = Runs(sys.argv[1], folder)
        for number, length in enumerate(sorted(chance.randrange(TASKS) for _ in range(kills))):
            poll(lambda: begun(folder) > length or runs.are_over(), "the work goes on", 300)
            runs.kill(runs.owner() if number % 2 else chance.randrange(RUNS))
        codes = [run.wait(timeout=300) for run in runs.running]
        wrong = judge(folder, runs.state, workers_die=True)
        wrong += [f"{run.log} ended with {code}: {pathlib.Path(run.log).read_text()[-1000:]}"
                  for run, code in zip(runs.running, codes) if code != 0]
        missing = [number for number in range(1, TASKS + 1) if not (folder / "out" / str(number)).exists()]
        wrong += [f"task {number} has no output" for number in missing]
        if begun(folder) > TASKS + kills:
            wrong.append(f"{begun(folder)} attempts for {TASKS} tasks and {kills} kills")
        print(f"{kills} kills, {begun(folder)} attempts at {TASKS} tasks in {time.monotonic() - began:.1f} s")
    print(*wrong[:20], sep="\n")
    sys.exit(1 if wrong else 0)


main()

# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""restart_test.py FRESHETD [SEED]: kill -9 of freshetd while real Luigi workers share a graph.

They only see failed calls and retry them. Each task runs once, is recorded as done once, and all workers finish by
themselves.
"""
import os
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))

from support.schedulers import Freshetd, poll  # noqa: E402

HERE = pathlib.Path(__file__).parent
TASKS, WORKERS, KILLS = 120, 3, 6
CONFIG = """[core]
no_lock=true
rpc_retry_attempts=60
rpc_retry_wait=1
autoload_range=false
[worker]
keep_alive=true
wait_interval=0.2
wait_jitter=0
ping_interval=0.5
[retcode]
task_failed=30
scheduling_error=35
"""


def start(scheduler, folder, number):
    environment = {**os.environ, "LUIGI_CONFIG_PATH": str(folder / "worker.cfg"), "GRAPH_FOLDER": str(folder),
                   "PYTHONPATH": str(HERE)}
    log = open(folder / f"worker{number}.log", "wb")
    return subprocess.Popen([sys.executable, "-m", "luigi", "--module", "graph", "Forest", "--count", str(TASKS), "--workers",
                             "2", "--scheduler-url", scheduler.url], stdout=log, stderr=log, env=environment, cwd=folder)


def lines(folder, word):
    diary = folder / "diary"
    found = diary.read_text().splitlines() if diary.exists() else []
    return sorted(line for line in found if line.startswith(word))


def main():
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**6)
    print(f"seed {seed}", flush=True)
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="freshet-restart-") as name:
        folder = pathlib.Path(name)
        (folder / "out").mkdir()
        (folder / "worker.cfg").write_text(CONFIG)
        with Freshetd(folder / "scheduler", sys.argv[1]) as scheduler:
            workers = [start(scheduler, folder, number) for number in range(WORKERS)]
            for length in sorted(chance.randrange(TASKS - 10) for _ in range(KILLS)):
                poll(lambda: len(lines(folder, "begin")) > length, f"{length} tasks were begun", 120)
                scheduler.kill()
                scheduler.start()
            codes = [worker.wait(timeout=200) for worker in workers]
            scheduler.stop()
        wrong = [f"worker {number} ended with {code}:\n{(folder / f'worker{number}.log').read_text()[-2000:]}"
                 for number, code in enumerate(codes) if code != 0]
        begun = lines(folder, "begin")
        if len(begun) != TASKS or len(set(begun)) != TASKS:
            wrong.append(f"{len(set(begun))} of {TASKS} tasks were run, in {len(begun)} runs")
        with sqlite3.connect(folder / "scheduler" / "freshetd.sqlite") as state:
            done = dict(state.execute("SELECT task_id, count(*) FROM attempts WHERE status = 'DONE' GROUP BY task_id"))
        if len(done) != TASKS + 1 or set(done.values()) != {1}:
            wrong.append(f"{len(done)} tasks have recorded completions, {sum(done.values())} in all")
    print(*wrong, sep="\n")
    print(f"{KILLS} kills, {len(begun)} runs of {TASKS} tasks by {WORKERS} workers")
    sys.exit(1 if wrong else 0)


main()

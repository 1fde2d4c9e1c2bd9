# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""What became of the tasks of pieces.cpp, by their diary and by the state of their scheduler."""
import collections
import math
import sqlite3

TASKS = 2_000


def begun(folder):
    """Returns the number of attempts in the diary."""
    diary = folder / "diary"
    return diary.read_bytes().count(b"\n") if diary.exists() else 0


def completions(state):
    """Returns attempts recorded as DONE by task, time of the first completion by task, and number by task."""
    with sqlite3.connect(state) as database:
        done = collections.Counter(task for task, in database.execute("SELECT task_id FROM attempts WHERE status = 'DONE'"))
        at = dict(database.execute("SELECT task_id, min(at) FROM history WHERE status = 'DONE' GROUP BY task_id"))
        numbers = dict(database.execute("SELECT task_id, json_extract(params, '$.number') FROM tasks WHERE family = 'Piece'"))
    return done, at, numbers


def judge(folder, state, workers_die=False):
    """Returns the violations as messages. The completion of a worker that dies may be known from the output alone."""
    done, at, numbers = completions(state)
    wrong = [f"{task} has {done[task]} attempts that are recorded as done" for task in numbers
             if done[task] > 1 or (done[task] == 0 and not workers_die)]
    if not workers_die:
        wrong += [f"{task} has no recorded completion" for task in numbers if task not in at]
        if len(numbers) != TASKS:
            wrong.append(f"{len(numbers)} tasks are known")
    ended = {int(number): at.get(task, math.inf if workers_die else 0) for task, number in numbers.items()}
    for line in (folder / "diary").read_text().splitlines():
        number, begin = line.split()
        if float(begin) > ended.get(int(number), math.inf if workers_die else 0):
            wrong.append(f"task {number} was begun {float(begin) - ended[int(number)]:.3f} s after its completion")
    return wrong

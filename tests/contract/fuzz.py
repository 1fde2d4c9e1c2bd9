# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""fuzz.py SCHEDULER_CALLS FRESHETD SEED COUNT [SEQUENCE]: random workers and operators, well-behaved and not, at Luigi's
scheduler and at Freshet's; each answer must be the same, but for the rows of differences.md (see mended.py).

Plays COUNT sequences from SEED, one in ten of them with a luigid and a freshetd over HTTP, or SEQUENCE alone. Of the
first sequence that is answered differently it prints the shortest part that still is, with both answers.
"""
import json
import math
import os
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

import actors  # noqa: E402
import mended  # noqa: E402
import sides  # noqa: E402
import universe  # noqa: E402
from support.schedulers import Luigid  # noqa: E402


class MendedClass(sides.LuigiClass):
    """Luigi's scheduler in this process."""
    name = "luigi"

    def new(self, config, resources):
        self.scheduler = mended.Scheduler(resources=dict(resources), state_path="/nonexistent", **config)

    def call(self, method, arguments, now):
        mended.clock.now = now
        return super().call(method, arguments, now)


class MendedLuigid(sides.RealLuigid):
    """A luigid over HTTP."""

    class Process(Luigid):
        def command(self):
            _, *arguments = super().command()
            return [sys.executable, mended.__file__, *arguments]

    server = Process

    def call(self, method, arguments, now):
        return sides.call(self.process.url, method, arguments, {"X-Debug-Now": repr(float(now))})


class Difference(Exception):
    pass


def difference(luigi, freshet, where="answer"):
    """Returns the first place where two answers differ, or None; the clock's fractions may."""
    if isinstance(luigi, (int, float)) and isinstance(freshet, (int, float)):
        is_same = math.isclose(luigi, freshet, rel_tol=0, abs_tol=1e-4)
    elif isinstance(luigi, dict) and isinstance(freshet, dict) and luigi.keys() == freshet.keys():
        return next(filter(None, (difference(luigi[key], freshet[key], f"{where}.{key}") for key in luigi)), None)
    elif isinstance(luigi, list) and isinstance(freshet, list) and len(luigi) == len(freshet):
        places = (difference(*both, f"{where}[{number}]") for number, both in enumerate(zip(luigi, freshet)))
        return next(filter(None, places), None)
    else:
        is_same = luigi == freshet
    return None if is_same else f"{where}\n  of luigi:   {json.dumps(luigi)}\n  of freshet: {json.dumps(freshet)}"


def in_order(answer):
    """Sorts what has no order: dependencies, the tasks that run, and resources."""
    if isinstance(answer, list):
        is_resources = all(isinstance(item, dict) and "num_total" in item for item in answer)
        return [in_order(item) for item in (sorted(answer, key=lambda item: item["name"]) if is_resources else answer)]
    if not isinstance(answer, dict):
        return answer
    sort = {"deps": lambda deps: sorted(deps),
            "running_tasks": lambda tasks: sorted(tasks, key=lambda task: task["task_id"])}
    return {key: in_order(sort.get(key, lambda same: same)(value)) for key, value in answer.items()}


class Pair:
    """Both schedulers: each call goes to both, with the ids of messages as each of them knows them."""

    def __init__(self, luigi, freshet):
        self.luigi, self.freshet = luigi, freshet

    def new(self, config, resources):
        self.message_ids, self.world, self.calls = {}, None, []
        for side in (self.luigi, self.freshet):
            side.new(config, resources)

    def call(self, method, arguments=None, **more):
        arguments = {**(arguments or {}), **more}
        self.world.now += 0.001  # Luigi tells the order of tasks by their times
        expected = self.ask(self.luigi, method, arguments)
        translated = json.loads(json.dumps(arguments))
        if "message_id" in translated:
            translated["message_id"] = self.message_ids.get(arguments["message_id"], "none")
        found = self.ask(self.freshet, method, translated)
        self.calls.append((self.world.now, method, arguments, expected))
        self.learn(expected, found)
        where = difference(in_order(expected), in_order(self.renamed(found)))
        if where:
            raise Difference(where)
        return expected

    def ask(self, side, method, arguments):
        try:
            return side.call(method, arguments, self.world.now)
        except sides.Refused as refused:
            if not 400 <= refused.status < 600:
                raise
            return {"refused": True}

    def learn(self, luigi, freshet):
        if isinstance(luigi, dict) and isinstance(freshet, dict) and luigi.get("message_id") and freshet.get("message_id"):
            self.message_ids[luigi["message_id"]] = freshet["message_id"]

    def renamed(self, answer):
        text = json.dumps(answer)
        for luigi, freshet in self.message_ids.items():
            text = text.replace(json.dumps(freshet), json.dumps(luigi))
        return json.loads(text)

    def close(self):
        for side in (self.luigi, self.freshet):
            side.close()


def play(pair, seed, steps):
    """Plays the steps; returns the first difference, or None."""
    chance = random.Random(seed)
    pair.new(universe.config_of(chance), chance.choice(({"db": 1}, {"db": 2, "net": 1}, {"db": 3, "net": 0})))
    pair.world = world = actors.World(universe.Universe(seed), pair.call)
    for number, step in enumerate(steps):
        try:
            world.play(step)
        except Difference as found:
            return number, str(found)
    return None


def shortest(pair, seed, steps):
    """Leaves out steps, in ever smaller parts, as long as a difference is left."""
    number, _ = play(pair, seed, steps)
    steps = steps[:number + 1]
    part = len(steps) // 2
    while part:
        begin = 0
        while begin < len(steps):
            fewer = steps[:begin] + steps[begin + part:]
            found = play(pair, seed, fewer) if fewer else None
            if found:
                steps = fewer[:found[0] + 1]
            else:
                begin += part
        part //= 2
    return steps


def report(pair, seed, steps):
    steps = shortest(pair, seed, steps)
    _, where = play(pair, seed, steps)
    start = pair.calls[0][0] if pair.calls else 0
    lines = [f"sequence {seed} is answered differently; config {universe.config_of(random.Random(seed))}"]
    for now, method, arguments, answer in pair.calls:
        shown = {name: value for name, value in arguments.items() if value is not None}
        lines.append(f"{now - start:10.3f}  {method} {json.dumps(shown)}\n              -> {json.dumps(answer)[:400]}")
    return "\n".join([*lines, where])


def main():
    calls, freshetd, seed, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    seeds = [int(sys.argv[5])] if len(sys.argv) > 5 else range(seed, seed + count)
    direct = Pair(MendedClass(), sides.InProcess(calls))
    over_http = Pair(MendedLuigid(), sides.Daemon(freshetd))
    number_of_calls = 0
    try:
        for number in seeds:
            pair = over_http if number % 10 == 9 else direct
            steps = actors.sequence_of(random.Random(number + 1), 150)
            if play(pair, number, steps):  # over HTTP a shorter part is found slowly
                print(report(direct if play(direct, number, steps) else over_http, number, steps))
                sys.exit(1)
            number_of_calls += len(pair.calls)
    finally:
        direct.close()
        over_http.close()
    print(f"{len(seeds)} sequences, {number_of_calls} calls, each answered alike")


os.environ.setdefault("LUIGI_CONFIG_PATH", "/nonexistent")
main()

# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""contract.py SCHEDULER_CALLS FRESHETD [WORD]: runs each scenario (with WORD in its sentence) on each scheduler.

Scenarios state where luigid answers differently; differences.md has the reasons, and a row that no scenario shows is a
failure, too.
"""
import pathlib
import sys
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

import admin  # noqa: E402,F401  scenarios add themselves
import dispatch  # noqa: E402,F401
import failing  # noqa: E402,F401
import reports  # noqa: E402,F401
import resources  # noqa: E402,F401
import sides  # noqa: E402
import talk  # noqa: E402


def differences():
    table = pathlib.Path(__file__).with_name("differences.md").read_text()
    rows = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("|")]
    return set(rows[2:])


def hold(side, scenarios, known, seen):
    """Runs the scenarios on one side and returns the failures. Those that need a clock that can
    be set are known after a run with one."""
    failures = []
    playable = [play for play in scenarios if not (play.needs_timer if side.has_clock else play.needs_clock)]
    for play in playable:
        try:
            side.new(play.config, play.resources)
            play(talk.Talk(side, known, seen, play))
        except Exception:  # reported with the others at the end
            failures.append(f"{side.name}: {play.sentence}\n{traceback.format_exc()}")
    print(f"{side.name}: {len(playable) - len(failures)} passed, {len(failures)} failed, "
          f"{len(scenarios) - len(playable)} need another clock", flush=True)
    return failures


def main():
    calls, freshetd = sys.argv[1:3]
    word = sys.argv[3] if len(sys.argv) > 3 else ""
    scenarios = [play for play in talk.SCENARIOS if word in play.sentence]
    known, seen, failures = differences(), set(), []
    for make in (lambda: sides.InProcess(calls), sides.LuigiClass, lambda: sides.Daemon(freshetd), sides.RealLuigid,
                 lambda: sides.RealFreshetd(freshetd)):
        side = make()
        try:
            failures += hold(side, scenarios, known, seen)
        finally:
            side.close()
    if not word:
        failures += [f"'{name}' is in the table of differences, but no scenario shows it" for name in sorted(known - seen)]
    print(*failures, sep="\n")
    sys.exit(1 if failures else 0)


main()

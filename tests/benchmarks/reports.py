# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""reports.py REPORTS [--runs N]: ninety daily reports by examples/reports.cpp, and by Luigi.

They take turns, with two workers each, and must write the same reports, of --purchases a day; Freshet also syncs them and
their receipts, and keeps a state. Prints the medians, the ratios of each turn and the lines of both programs. Use an
optimised build (preset release).
"""
import argparse
import importlib.util
import json
import os
import pathlib
import statistics
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from support.machine import run_measured, show_machine  # noqa: E402

HERE = pathlib.Path(__file__).parent
SOURCES = {"Freshet": HERE.parents[1] / "examples" / "reports.cpp", "Luigi": HERE / "luigi_reports.py"}
RANGE = ["RangeDaily", "--of", "DailyReport", "--start", "2026-01-01", "--stop", "2026-04-01", "--task-limit", "90",
         "--now", "1775088000"]


def commands(reports, folder, purchases):
    """The commands by name; each writes to a folder of its name."""
    task = {name: [*RANGE, "--of-params", json.dumps({"folder": str(folder / name), "purchases": purchases})]
            for name in SOURCES}
    return {"Freshet": [reports, "run", *task["Freshet"], "--state", folder / "state.sqlite", "--workers", "2"],
            "Luigi": [sys.executable, "-m", "luigi", "--module", "luigi_reports", *task["Luigi"], "--local-scheduler",
                      "--workers", "2", "--no-lock", "--log-level", "ERROR"]}


def reports_in(folder):
    return {path.name: path.read_text() for path in (folder / "report" / "eu").iterdir() if path.is_file()}


def turn(program, purchases, where):
    """The (elapsed, processors') seconds of each, of one run from nothing."""
    with tempfile.TemporaryDirectory(prefix="freshet-", dir=where) as name:
        folder = pathlib.Path(name)
        times = {name: run_measured(command)[:2] for name, command in commands(program, folder, purchases).items()}
        made = {name: reports_in(folder / name) for name in SOURCES}
        if len(made["Freshet"]) != 90 or made["Freshet"] != made["Luigi"]:
            sys.exit("the reports differ")
        return times


def lines_of(source):
    return len(source.read_text().splitlines())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--purchases", type=int, default=5000)
    parser.add_argument("--folder", type=pathlib.Path, help="where to write (default: where temporary files go)")
    options = parser.parse_args()
    if not importlib.util.find_spec("luigi"):
        print("skipped: Luigi is not installed")
        sys.exit(77)
    os.environ["PYTHONPATH"] = str(HERE)
    show_machine()
    turns = [turn(options.program.resolve(), options.purchases, options.folder) for _ in range(options.runs)]
    for name, source in SOURCES.items():
        elapsed, used = (statistics.median(times[name][kind] for times in turns) for kind in (0, 1))
        print(f"    {name:10} {elapsed:8.3f} s   processor {used:8.3f} s   {lines_of(source):4} lines")
    ratios = [[times["Luigi"][kind] / times["Freshet"][kind] for times in turns] for kind in (0, 1)]
    for title, values in zip(("elapsed", "processor"), ratios):
        print(f"    {title}: Luigi takes " + ", ".join(f"{value:.1f}" for value in values) + " times as long")


main()

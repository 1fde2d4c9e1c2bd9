#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""compile_time.py [COMPILER] [--runs N] [--before INCLUDE]: compiles a file with five tasks, without optimisation.

Prints the processor seconds, the least and the median, beside those of a file with the header alone, and of the headers in
another checkout's folder INCLUDE.
"""
import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from support.machine import show_machine  # noqa: E402

HERE = pathlib.Path(__file__).parent


def processor_seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("compiler", nargs="?", default="g++")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--before", type=pathlib.Path)
    options = parser.parse_args()
    show_machine()
    folders = {"now": HERE.parents[1] / "include", **({"before": options.before} if options.before else {})}
    with tempfile.TemporaryDirectory() as folder:
        header = pathlib.Path(folder) / "header.cpp"
        header.write_text('#include "freshet/task.hpp"\n')
        sources = {"five tasks": HERE / "five_tasks.cpp", "the header alone": header}
        times = {}
        for _ in range(options.runs):  # in turns
            for source, file in sources.items():
                for name, include in folders.items():
                    command = [options.compiler, "-std=c++20", "-O0", f"-I{include}", "-c", file, "-o", os.devnull]
                    times.setdefault((source, name), []).append(processor_seconds(command))
    for (source, name), seconds in times.items():
        print(f"    {source:16} {name:6}  least {min(seconds):.2f} s   median {statistics.median(seconds):.2f} s")


main()

# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""The machine of a benchmark, and one run of a program on it."""
import os
import platform
import subprocess
import sys
import time


def show_machine():
    """Prints the command and the machine."""
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    flags = next((line.split() for line in open("/proc/cpuinfo") if line.startswith("flags")), [])
    wide = " ".join(flag for flag in ("ssse3", "avx2", "avx512f", "sha_ni") if flag in flags)
    print("$ " + " ".join(sys.argv))
    print(f"{cpu}, {len(os.sched_getaffinity(0))} cores, {wide}; load {os.getloadavg()[0]:.2f}")


def run_measured(command):
    """(elapsed seconds, seconds of the processors, bytes of memory) of one run, which must succeed.

    What it logs goes to a file in memory: each line in a pipe would wake this process, on a core that the run may need,
    and a disk is slower on some machines than on others.
    """
    with os.fdopen(os.memfd_create("errors"), "w+b") as errors:
        began = time.perf_counter()
        process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        elapsed = time.perf_counter() - began
        if status != 0:
            errors.seek(0)
            sys.exit(f"{' '.join(map(str, command))} failed: {errors.read().decode()}")
    return elapsed, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024

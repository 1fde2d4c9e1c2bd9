# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""The machine of a benchmark."""
import os
import platform


def show_machine():
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    flags = next((line.split() for line in open("/proc/cpuinfo") if line.startswith("flags")), [])
    wide = " ".join(flag for flag in ("ssse3", "avx2", "avx512f") if flag in flags)
    print(f"{cpu}, {len(os.sched_getaffinity(0))} cores, {wide}; load {os.getloadavg()[0]:.2f}")

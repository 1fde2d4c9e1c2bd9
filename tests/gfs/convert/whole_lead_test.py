#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""whole_lead_test.py BIN: a lead of 743 messages at 0.25 degrees is converted whole, in less than 700 MB of memory.

The made-up lead has 54 messages; here each stands on many pressure levels, as 542 of a real file's messages do. Needs
nothing beyond Python's standard library.
"""
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

MESSAGES = 743
MEMORY = 700  # MB


def messages_of(content):
    at = 0
    while at < len(content):
        size = struct.unpack(">Q", content[at + 8:at + 16])[0]
        yield content[at:at + size]
        at += size


def product_at(message):
    """Where section 4 begins: what, when and on which level."""
    at = 16
    while message[at + 4] != 4:
        at += struct.unpack(">I", message[at:at + 4])[0]
    return at


def on_level(message, pascals):
    at = product_at(message)
    level = struct.pack(">BBIBBI", 100, 0, pascals, 255, 255, 0xFFFFFFFF)
    return message[:at + 22] + level + message[at + 34:]


def whole_lead(content):
    distinct = {}
    for message in messages_of(content):
        at = product_at(message)
        size = struct.unpack(">I", message[at:at + 4])[0]
        distinct.setdefault(message[at:at + 22] + message[at + 34:at + size], message)
    clones = (on_level(message, 1000 + 500 * level) for level in range(MESSAGES) for message in distinct.values())
    return [clone for clone, _ in zip(clones, range(MESSAGES))]


def peak_memory(*command):
    """What the command prints, and the most memory that it held, in MB."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{' '.join(map(str, command))}: failed: {printed}")
    return printed, usage.ru_maxrss / 1024


def main():
    binaries = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="freshet-") as folder:
        subprocess.run([binaries / "gfs-simulator", "make", folder, "--cycle", "2026-08-21T06", "--leads", "7"], check=True)
        made = next(path for path in pathlib.Path(folder).rglob("*.f007"))
        grib = pathlib.Path(folder, "whole.grib2")
        with grib.open("wb") as file:
            file.writelines(whole_lead(made.read_bytes()))
        printed, memory = peak_memory(binaries / "gfs", "convert", grib, "--output", folder)
        fields = int(re.search(r"(\d+) fields", printed).group(1))
        print(f"{grib.stat().st_size / 1e6:.0f} MB of GRIB: {fields} fields with {memory:.0f} MB of memory")
        return 0 if fields == MESSAGES and memory < MEMORY else 1


sys.exit(main())

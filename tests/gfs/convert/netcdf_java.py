#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""netcdf_java.py BIN: does NetCDF-Java, which THREDDS is made with, read every lead's values through a cycle's NcML?"""
import glob
import os
import pathlib
import re
import shutil
import subprocess
import sys

import netCDF4
import numpy as np

from made_files import a_cycle_of_the_pipeline, folder_for_files

ROOT = pathlib.Path(__file__).resolve().parents[3]
FILL = netCDF4.default_fillvals["f4"]
STEPS = (1, 9, 9)  # of time, rows and columns


def jars():
    if not shutil.which("mvn") or not shutil.which("java"):
        print("skipped: NetCDF-Java needs 'mvn' and 'java'")
        sys.exit(77)
    if subprocess.run([ROOT / "tests/support/get_jars", "netcdf_java"], check=False).returncode != 0:
        sys.exit(77)
    return ":".join(glob.glob(f"{ROOT}/build/netcdf_java/*.jar"))


def values_of_cycle(netcdf):
    """Field to some of its values at all times."""
    with netCDF4.Dataset(netcdf) as data:
        data.set_auto_mask(False)
        return {name: np.array(variable[::STEPS[0], ::STEPS[1], ::STEPS[2]]) for name, variable in data.variables.items()
                if variable.ndim == 3}


def values_of_java(ncml, netcdf, names):
    with netCDF4.Dataset(netcdf) as data:
        ranges = {name: ",".join(f"0:{size - 1}:{step}" for size, step in zip(data[name].shape, STEPS)) for name in names}
    wanted = ";".join(f"{name}({ranges[name]})" for name in names)
    done = subprocess.run(["java", "-cp", jars(), "ucar.nc2.NCdumpW", ncml, "-v", wanted], capture_output=True, text=True, check=False)
    if done.returncode != 0 or " data:" not in done.stdout:
        sys.exit(f"NetCDF-Java cannot read '{ncml}': {done.stdout[-2000:]}{done.stderr[-2000:]}")
    dump = done.stdout.split(" data:", 1)[1]
    return {name: [float(number) for number in re.findall(r"-?(?:NaN|\d[\d.]*(?:E-?\d+)?)", values)]
            for name, values in re.findall(r"(\w+)\([\d:,]+\) =\s*(\{[^=]*\})", dump)}


def main():
    binaries = pathlib.Path(sys.argv[1]).resolve()
    jars()
    with folder_for_files() as folder:
        leads = a_cycle_of_the_pipeline(binaries, folder, "0-3")
        beside = pathlib.Path(leads[0]).parent
        netcdf, = beside.glob("*T06.nc")
        ncml, = beside.glob("*T06.ncml")
        wanted = values_of_cycle(netcdf)
        found = values_of_java(os.fspath(ncml), netcdf, list(wanted))
    if len(wanted) < 50 or set(found) != set(wanted):
        sys.exit(f"not so: NetCDF-Java shows {len(wanted)} fields: {sorted(set(wanted) - set(found))}")
    for name, values in wanted.items():
        if not np.allclose(found[name], values.ravel(), rtol=1e-5, atol=0):
            sys.exit(f"not so: NetCDF-Java has the values of '{name}': {found[name][:9]} {values.ravel()[:9]}")
    if not np.allclose(wanted["precipitation_amount_surface_hour"][0], FILL):
        sys.exit("not so: lead 0 lacks the hourly sum")
    print(f"NetCDF-Java has the values of {len(wanted)} fields")


main()

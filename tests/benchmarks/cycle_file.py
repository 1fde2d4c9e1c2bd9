#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""cycle_file.py BIN: seconds and memory of reading a cycle of 209 small leads, through its one file and its references.

Each figure is that of a process of its own, without the import of the reader; processor seconds beside those of the clock.
"""
import os
import pathlib
import subprocess
import sys
import time

sys.path.append(os.fspath(pathlib.Path(__file__).resolve().parents[1] / "gfs/convert"))

FIELD = "air_temperature_2m"


def opened(path):
    import xarray
    if not path.endswith(".json"):
        return xarray.open_dataset(path, decode_timedelta=False)
    return xarray.open_dataset(path, engine="kerchunk", decode_timedelta=False,
                               storage_options={"template_overrides": {"u": os.path.dirname(path) + "/"}})


READS = {"open": lambda data: data.time.values, "series at one point": lambda data: data[FIELD][:, 10, 20].values,
         "one map": lambda data: data[FIELD][100].values, "one field at all times": lambda data: data[FIELD].values}


def measure(path, what):
    import resource
    import dask.array  # noqa: F401
    import netCDF4  # noqa: F401
    import xarray  # noqa: F401
    if path.endswith(".json"):
        import kerchunk.xarray_backend  # noqa: F401
    began, used = time.perf_counter(), time.process_time()
    READS[what](opened(path))
    seconds, used = time.perf_counter() - began, time.process_time() - used
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{pathlib.Path(path).suffix:6} {what:24} {seconds:7.2f} s, {used:6.2f} s of the processor, {megabytes:5.0f} MB", flush=True)


def main():
    from made_files import a_cycle_of_the_pipeline, folder_for_files
    with folder_for_files() as folder:
        leads = a_cycle_of_the_pipeline(pathlib.Path(sys.argv[1]).resolve(), folder, "all")
        beside = pathlib.Path(leads[0]).parent
        for ending in ("nc", "kerchunk.json"):
            path, = beside.glob(f"*T06.{ending}")
            for what in READS:
                subprocess.run([sys.executable, __file__, path, what], check=True)


if len(sys.argv) == 3:
    measure(sys.argv[1], sys.argv[2])
else:
    main()

#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""readers.py BIN: do ncdump, cdo and xarray open what gfs makes, with all its fields, the right times and places?"""
import os
import pathlib
import shutil
import subprocess
import sys

import xarray

from made_files import a_lead_of_the_pipeline, a_map, folder_for_files


def output_of(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: {done.stdout}{done.stderr}")
    return done.stdout


def check(truth, sentence):
    if not truth:
        sys.exit(f"not so: {sentence}")


def fields_of(data):
    return [variable for variable in data.data_vars.values() if "grib_parameter" in variable.attrs]


def ncdump_reads(netcdf):
    header = output_of("ncdump", "-h", netcdf)
    check(':Conventions = "CF-1.8, ACDD-1.3"' in header, f"ncdump shows the conventions of '{netcdf}'")
    return header.count(":grib_parameter = ")


def cdo_reads(netcdf, fields):
    if not shutil.which("cdo"):
        print("cdo is not installed")
        return
    found = output_of("cdo", "-s", "showname", netcdf).split()
    check(len(found) >= fields, f"cdo finds {fields} fields in '{netcdf}', not {len(found)}")
    output_of("cdo", "-s", "infon", netcdf)  # reads every value


def xarray_reads(netcdf):
    with xarray.open_dataset(netcdf, decode_timedelta=False) as data:
        fields = fields_of(data)
        for variable in fields:
            variable.load()
        check(str(data["time"].values[0]).startswith(("2026-08-21T12:00", "2022-03-16T00:00")),
              f"xarray sees the time of '{netcdf}'")
        return len(fields)


def wind_is_where_it_was_made(netcdf):
    with xarray.open_dataset(netcdf, decode_timedelta=False) as data:
        wind = data["x_wind_2m"]
        check(wind.dims == ("time", "y", "x") and wind.latitude.dims == ("y", "x"), "the wind lies on the map")
        check(abs(float(wind.latitude[0, 0]) - 21.138123) < 2**-17, "the first point is where it was made")


def main():
    binaries = pathlib.Path(sys.argv[1]).resolve()
    with folder_for_files() as folder:
        lead, = a_lead_of_the_pipeline(binaries, folder)
        projected, = a_map(binaries, folder)
        for netcdf in (lead, projected):
            fields = ncdump_reads(netcdf)
            check(fields >= 2, f"'{os.path.basename(netcdf)}' holds fields")
            check(xarray_reads(netcdf) == fields, f"xarray finds the {fields} fields that ncdump shows")
            cdo_reads(netcdf, fields)
        wind_is_where_it_was_made(projected)
    print("all readers agree")


main()

#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""recipes.py BIN: do the manual's recipes for a whole cycle give every value of its leads?

The one file over the cycle, with ncdump, netCDF4, xarray, cf_xarray and cdo; the leads, with cdo and with xarray's defaults
of today and those to come. The leads, read one by one, are what is right.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import warnings

import cf_xarray  # noqa: F401: adds `.cf` to xarray's objects
import netCDF4
import numpy as np
import xarray

from made_files import a_cycle_of_the_pipeline, folder_for_files

HOURLY = "precipitation_amount_surface_hour"
LEADS_JOINED = {"join": "outer", "compat": "no_conflicts", "combine_attrs": "drop_conflicts"}  # as in the manual


def check(truth, sentence):
    if not truth:
        sys.exit(f"not so: {sentence}")


def field_names(data):
    return {name for name, variable in data.variables.items() if variable.ndim >= 3}


def fields_of_leads(leads):
    """Every field of the leads: name to its values at each lead, None where the lead has none."""
    fields = {}
    for index, lead in enumerate(leads):
        with netCDF4.Dataset(lead) as data:
            for name in field_names(data):
                data[name].set_auto_mask(False)
                fields.setdefault(name, [None] * len(leads))[index] = np.array(data[name][0])
    return fields


def check_values(what, fields, read):
    """`read(name)` must have all times of the field, missing ones as NaN."""
    fill = np.float32(netCDF4.default_fillvals["f4"])
    for name, by_lead in fields.items():
        found = np.asarray(read(name))
        check(found.shape[0] == len(by_lead), f"{what}: {name} has {len(by_lead)} times, not {found.shape}")
        for index, values in enumerate(by_lead):
            wanted = np.full(found.shape[1:], np.nan) if values is None else np.where(values == fill, np.nan, values)
            check(np.array_equal(found[index], wanted, equal_nan=True), f"{what}: {name} at time {index} is the lead's")


def check_xarray(what, cycle, fields):
    for name in fields:
        dims = cycle[name].dims
        check((dims[0], *dims[-2:]) == ("time", "latitude", "longitude"), f"{what}: {name} lies on {dims}")
    check_values(what, fields, lambda name: cycle[name].values)
    total = np.sum([values for values in fields[HOURLY] if values is not None], axis=0, dtype=float)
    check(np.allclose(cycle[HOURLY].sum("time"), total, rtol=1e-5), f"{what}: the hourly sums add up")
    ends = cycle.time_bucket.values
    check((ends[1:] == cycle.time.values[1:]).all() and np.isnat(ends[0]), f"{what}: buckets end at the valid times")


def check_coordinates(netcdf):
    """Readers that look for one time and one height of a field by standard name find one."""
    with xarray.open_dataset(netcdf, decode_timedelta=False) as data:
        check(data.cf["time"].name == data[HOURLY].cf["time"].name == "time", "cf_xarray finds one time")
        for name, height in (("air_temperature_2m", 2), ("eastward_wind_10m", 10)):
            found = data[name].cf["vertical"]
            check(float(found) == height, f"cf_xarray finds the height of {name}: {found}")


def open_cycle(cycle, fields):
    header = subprocess.run(["ncdump", "-h", cycle], capture_output=True, text=True, check=True).stdout
    check(header.count(":grib_parameter = ") > 50 and "UNLIMITED" in header, f"ncdump shows the fields of the cycle:\n{header}")
    with netCDF4.Dataset(cycle) as data:
        check(field_names(data) == set(fields), "the cycle has every field of its leads")
        check_values("netCDF4", fields, lambda name: np.ma.filled(data[name][:], np.nan))
    with xarray.open_dataset(cycle, decode_timedelta=False) as data:
        check_xarray("the cycle's file", data, fields)
    check_coordinates(cycle)


def copy_cycle_with_cdo(cycle, fields, folder):
    if not shutil.which("cdo"):
        print("cdo is not installed")
        return
    copy = folder / "copy.nc"
    subprocess.run(["cdo", "-s", "-f", "nc4", "copy", cycle, copy], check=True, stderr=subprocess.DEVNULL)
    with netCDF4.Dataset(copy) as data:
        check(field_names(data) == set(fields), f"cdo keeps every field: {set(fields) - field_names(data)}")
        check_values("cdo copy", fields, lambda name: np.ma.filled(data[name][:], np.nan))


def open_leads_with_xarray(leads, fields):
    warnings.simplefilter("ignore", FutureWarning)  # that the old defaults will change
    for coming in (False, True):
        with xarray.set_options(use_new_combine_kwarg_defaults=coming):
            with xarray.open_mfdataset(leads, **LEADS_JOINED, decode_timedelta=False) as cycle:
                check_xarray(f"open_mfdataset, {'coming' if coming else 'old'} defaults", cycle, fields)


def merge_leads_with_cdo(leads, fields, folder):
    if not shutil.which("cdo"):
        print("cdo is not installed")
        return
    merged = folder / "merged.nc"
    subprocess.run(["cdo", "-s", "-f", "nc4", "mergetime", *leads[1:], merged], check=True, stderr=subprocess.DEVNULL)
    with netCDF4.Dataset(merged) as data:
        check(field_names(data) == set(fields), f"cdo keeps every field: {set(fields) - field_names(data)}")
        check_values("cdo mergetime", {name: values[1:] for name, values in fields.items()},
                     lambda name: np.ma.filled(data[name][:], np.nan))


def main():
    with folder_for_files() as folder:
        folder = pathlib.Path(folder)
        leads = a_cycle_of_the_pipeline(pathlib.Path(sys.argv[1]).resolve(), folder, "0-8")
        fields = fields_of_leads(leads)
        check(len(leads) == 9 and len(fields) > 50, f"the cycle has leads and fields: {len(leads)}, {len(fields)}")
        check(fields[HOURLY][0] is None and fields[HOURLY][8] is not None, "lead 0 lacks the hourly sum")
        check_coordinates(leads[8])
        cycle = os.path.join(os.path.dirname(leads[0]), "gfs.0p25.2026-08-21T06.nc")
        open_cycle(cycle, fields)
        copy_cycle_with_cdo(cycle, fields, folder)
        open_leads_with_xarray(leads, fields)
        merge_leads_with_cdo(leads, fields, folder)
    print("every recipe gives the values of the leads")


main()

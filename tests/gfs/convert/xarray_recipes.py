# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""xarray_recipes.py VALUES.npz CYCLE VALUES.npz LEAD...: do xarray's recipes give these values of a cycle's file, and of leads?

Runs with old versions, too.
"""
import sys
import warnings

import numpy as np
import xarray

HOURLY = "precipitation_amount_surface_hour"
LEADS_JOINED = {"join": "outer", "compat": "no_conflicts", "combine_attrs": "drop_conflicts"}  # as in the manual


def check(truth, sentence):
    if not truth:
        sys.exit(f"not so: {sentence}")


def check_values(what, wanted, read):
    """`read(name)` must have all times of the field, missing ones as NaN."""
    for name, values in wanted.items():
        found = np.asarray(read(name))
        check(found.shape == values.shape, f"{what}: {name} has {values.shape}, not {found.shape}")
        for index in range(len(values)):
            check(np.array_equal(found[index], values[index], equal_nan=True), f"{what}: {name} at time {index} is the lead's")


def check_dataset(what, data, wanted):
    for name in wanted:
        dims = data[name].dims
        check((dims[0], *dims[-2:]) == ("time", "latitude", "longitude"), f"{what}: {name} lies on {dims}")
    check_values(what, wanted, lambda name: data[name].values)
    total = np.nansum(wanted[HOURLY].astype(float), axis=0)
    check(np.allclose(data[HOURLY].sum("time"), total, rtol=1e-5), f"{what}: the hourly sums add up")
    ends = data.time_bucket.values
    check((ends[1:] == data.time.values[1:]).all() and np.isnat(ends[0]), f"{what}: buckets end at the valid times")


def open_cycle(cycle, wanted):
    with xarray.open_dataset(cycle, decode_timedelta=False) as data:
        check_dataset("the cycle's file", data, wanted)


def open_leads(leads, wanted, what="open_mfdataset"):
    with xarray.open_mfdataset(leads, **LEADS_JOINED, decode_timedelta=False) as data:
        check_dataset(what, data, wanted)


def main():
    warnings.simplefilter("ignore")
    of_cycle, cycle, of_leads, *leads = sys.argv[1:]
    open_cycle(cycle, dict(np.load(of_cycle)))
    open_leads(leads, dict(np.load(of_leads)))


if __name__ == "__main__":
    main()

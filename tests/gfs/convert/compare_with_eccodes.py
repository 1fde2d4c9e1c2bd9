#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""compare_with_eccodes.py GRIB NETCDF [FIELDS [MISSING]]: is every message of the GRIB file in the NetCDF file, bit for bit?

Decodes with python's own eccodes and reads with netCDF4: no code of the pipeline. Each message is looked up by its
numbers, its levels and its stretch of time; of two with the same label the first must be the bucket and the second
the run total. Every value must be eccodes' double rounded to float, every missing one the variable's _FillValue.
"""
import datetime
import sys

import eccodes
import netCDF4
import numpy as np

EPOCH = datetime.datetime(1970, 1, 1)
MISSING = -7.25e30  # no GFS field comes near it
STATISTICS = {0: "mean", 1: "sum", 2: "maximum", 3: "minimum"}
NAMED_STATISTICS = {"TMAX": "maximum", "TMIN": "minimum"}  # where a message of 2011 does not say


def number(handle, key):
    return eccodes.codes_get(handle, key, int) if eccodes.codes_is_defined(handle, key) else None


def surface(handle, which):
    kind = number(handle, f"typeOf{which}FixedSurface")
    scale, value = (f"scale{part}Of{which}FixedSurface" for part in ("Factor", "dValue"))
    if kind == 255:
        return None
    if eccodes.codes_is_missing(handle, value):
        return kind, None
    raw = number(handle, value)
    if raw & 0x80000000:
        raw = -(raw & 0x7FFFFFFF)
    return kind, float(f"{raw}e{-number(handle, scale)}")


def seconds(handle, suffix):
    parts = [number(handle, part + suffix) for part in ("year", "month", "day", "hour", "minute", "second")]
    return (datetime.datetime(*parts) - EPOCH).total_seconds()


def interval(handle):
    unit = {0: 60, 1: 3600, 11: 6 * 3600, 13: 1}[number(handle, "indicatorOfUnitOfTimeRange")]
    begin = seconds(handle, "") + unit * number(handle, "forecastTime")
    if number(handle, "yearOfEndOfOverallTimeInterval") is None:
        return begin, begin, None
    return begin, seconds(handle, "OfEndOfOverallTimeInterval"), number(handle, "typeOfStatisticalProcessing")


def float_bits(handle):
    eccodes.codes_set(handle, "missingValue", MISSING)
    values = eccodes.codes_get_values(handle)
    result = values.astype(np.float32)
    result[values == MISSING] = netCDF4.default_fillvals["f4"]
    return result.view(np.uint32)


class Slot:
    """One horizontal field of one NetCDF variable."""

    def __init__(self, variable, index, begin, end, low, high, kinds):
        self.variable, self.index = variable, index
        self.begin, self.end, self.low, self.high, self.kinds = begin, end, low, high, kinds
        self.used = False


def ends(data, name):
    """A coordinate's values with their bounds, each a pair; equal where it has none."""
    coordinate = data.variables[name]
    values = np.atleast_1d(np.ma.getdata(coordinate[...]))
    if "bounds" not in coordinate.ncattrs():
        return [(value, value) for value in values]
    return [tuple(pair) for pair in np.ma.getdata(data.variables[coordinate.bounds][...]).reshape(len(values), 2)]


def time_coordinate(variable):
    """The coordinate of its interval, on the one dimension `time`; that dimension's for an instant."""
    assert variable.dimensions[0] == "time", f"{variable.name}: lies on {variable.dimensions}"
    intervals = [name for name in variable.coordinates.split() if name.startswith("time_")]
    assert len(intervals) <= 1, f"{variable.name}: two intervals: {intervals}"
    return intervals[0] if intervals else "time"


def level_coordinate(data, variable):
    stacked = [name for name in variable.dimensions[1:-2]]
    others = ("forecast_reference_time", "forecast_period", "realization")
    scalars = [name for name in variable.coordinates.split() if name not in others and data.variables[name].ndim == 0]
    names = stacked + scalars
    assert len(names) <= 1, f"{variable.name}: two level coordinates: {names}"
    return (names[0], bool(stacked)) if names else (None, False)


def slots(data):
    for variable in data.variables.values():
        if "grib_parameter" not in variable.ncattrs():
            continue
        variable.set_auto_mask(False)
        (begin, end), = ends(data, time_coordinate(variable))
        kinds = tuple(int(part.split(":")[0]) for part in variable.grib_level.split("/"))
        name, stacked = level_coordinate(data, variable)
        for index, (low, high) in enumerate(ends(data, name) if name else [(None, None)]):
            yield Slot(variable, (0, index) if stacked else (0,), begin, end, low, high, kinds)


def levels_match(slot, first, second):
    kinds = tuple(part[0] for part in (first, second) if part)
    if kinds != slot.kinds:
        return False
    if slot.low is None:
        return True
    values = sorted(part[1] for part in (first, second) if part)
    return np.isclose(values[0], slot.low, rtol=1e-12) and np.isclose(values[-1], slot.high, rtol=1e-12)


def statistic_matches(slot, process):
    if process is None:
        return slot.begin == slot.end
    method = slot.variable.cell_methods.split(": ")[1]
    return method == STATISTICS.get(process, NAMED_STATISTICS.get(getattr(slot.variable, "ncep_name", None)))


def find(by_parameter, handle):
    """The slot of this message, of those not yet taken: buckets before run totals, as NCEP writes them."""
    parameter = "-".join(str(number(handle, key)) for key in ("discipline", "parameterCategory", "parameterNumber"))
    first, second = surface(handle, "First"), surface(handle, "Second")
    begin, end, process = interval(handle)
    found = [slot for slot in by_parameter.get(parameter, [])
             if not slot.used and (slot.begin, slot.end) == (begin, end) and levels_match(slot, first, second)
             and statistic_matches(slot, process)]
    found.sort(key=lambda slot: time_coordinate(slot.variable) == "time_run")
    return (found[0] if found else None), f"{parameter} on {first} {second} from {begin} to {end} by {process}"


def compare(grib, netcdf):
    data = netCDF4.Dataset(netcdf)
    by_parameter = {}
    for slot in slots(data):
        by_parameter.setdefault(slot.variable.grib_parameter, []).append(slot)
    fields = missing = 0
    problems = []
    eccodes.codes_grib_multi_support_on()
    with open(grib, "rb") as stream:
        while (handle := eccodes.codes_grib_new_from_file(stream)) is not None:
            fields += 1
            slot, what = find(by_parameter, handle)
            if slot is None:
                problems.append(f"field {fields} is not in the NetCDF file: {what}")
            else:
                slot.used = True
                expected = float_bits(handle)
                found = np.ascontiguousarray(slot.variable[slot.index]).reshape(-1).view(np.uint32)
                fill = np.float32(slot.variable._FillValue).view(np.uint32)
                missing += int((found == fill).sum())
                if found.shape != expected.shape or not (found == expected).all():
                    differing = int((found != expected).sum()) if found.shape == expected.shape else "all"
                    problems.append(f"field {fields}, '{slot.variable.name}': {differing} values differ: {what}")
            eccodes.codes_release(handle)
    problems += [f"'{slot.variable.name}' {slot.index} is of no message"
                 for some in by_parameter.values() for slot in some if not slot.used]
    return fields, missing, problems


def main():
    grib, netcdf = sys.argv[1:3]
    fields, missing, problems = compare(grib, netcdf)
    if len(sys.argv) > 3 and fields != int(sys.argv[3]):
        problems.append(f"{fields} fields, expected {sys.argv[3]}")
    if len(sys.argv) > 4 and missing != int(sys.argv[4]):
        problems.append(f"{missing} missing values, expected {sys.argv[4]}")
    for problem in problems[:20]:
        print(problem)
    print(f"{fields} fields compared, {missing} missing values, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

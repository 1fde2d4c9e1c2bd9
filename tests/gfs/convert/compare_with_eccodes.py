#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""compare_with_eccodes.py GRIB NETCDF [FIELDS [MISSING]]: is every message of the GRIB file in the NetCDF file, to the bit?

Decodes with python's own eccodes and reads with netCDF4: no code of the pipeline. Each message is looked up by its
numbers, its levels, its stretch of time and its product (member, threshold, percentile, aerosol, ...); of two with the
same label the first must be the bucket and the second the run total. Every value must be eccodes' double rounded to
float, every missing one the variable's _FillValue.
"""
import datetime
import itertools
import re
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


UNITS = {0: 60, 1: 3600, 2: 86400, 10: 3 * 3600, 11: 6 * 3600, 12: 12 * 3600, 13: 1}


def earlier(end, count, unit):
    if unit != 3:
        return end - count * UNITS[unit]
    date = EPOCH + datetime.timedelta(seconds=end)
    months = 12 * date.year + date.month - 1 - count
    return (date.replace(year=months // 12, month=months % 12 + 1) - EPOCH).total_seconds()


def interval(handle):
    begin = seconds(handle, "") + UNITS.get(number(handle, "indicatorOfUnitOfTimeRange"), 0) * number(handle, "forecastTime")
    if number(handle, "yearOfEndOfOverallTimeInterval") is None:
        return begin, begin, None
    end = seconds(handle, "OfEndOfOverallTimeInterval")
    if number(handle, "numberOfTimeRange") == 1 and number(handle, "lengthOfTimeRange"):
        # What begins elsewhere begins its length before its end, as NCEP's programs have it.
        begin = earlier(end, number(handle, "lengthOfTimeRange"), number(handle, "indicatorOfUnitForTimeRange"))
    return begin, end, number(handle, "typeOfStatisticalProcessing")


DERIVED = {0: "ensemble_mean", 1: "ensemble_weighted_mean", 4: "ensemble_spread", 8: "ensemble_minimum",
           9: "ensemble_maximum"}
EVENTS = {0: ("below_threshold", "Lower"), 1: ("above_threshold", "Upper"), 2: ("between_thresholds", None),
          3: ("above_threshold", "Lower"), 4: ("below_threshold", "Upper")}
AEROSOLS = {62000: "total_aerosol", 62001: "dust_dry", 62006: "sulphate_dry", 62008: "sea_salt_dry",
            62009: "black_carbon_dry", 62010: "particulate_organic_matter_dry"}
AREA = {0: "area_mean", 2: "area_maximum", 3: "area_minimum"}


def limit(handle, which):
    scale, value = number(handle, f"scaleFactorOf{which}"), number(handle, f"scaledValueOf{which}")
    return float(f"{value}e{-scale}")


def product(handle):
    """The positions on coordinates and the words of the name that the product definition stands for."""
    places, words = {}, set()
    if number(handle, "perturbationNumber") is not None:
        sign = {0: 0, 1: 0, 2: -1}.get(number(handle, "typeOfEnsembleForecast"), 1)
        places["realization"] = sign * number(handle, "perturbationNumber")
    if number(handle, "derivedForecast") is not None:
        words.add(DERIVED[number(handle, "derivedForecast")])
    if number(handle, "probabilityType") is not None:
        word, which = EVENTS[number(handle, "probabilityType")]
        words.add(word)
        both = [limit(handle, each + "Limit") for each in ([which] if which else ["Lower", "Upper"])]
        places["threshold"] = sum(both) / len(both)
    if number(handle, "percentileValue") is not None:
        places["percentile"] = number(handle, "percentileValue")
    if number(handle, "productDefinitionTemplateNumber") == 15:
        words.add(AREA[number(handle, "statisticalProcess")])
    if number(handle, "typeOfSizeInterval") is not None:
        words.add(AEROSOLS[number(handle, "aerosolType")])
        if number(handle, "typeOfSizeInterval") == 0:
            size = f"{limit(handle, 'FirstSize') * 1e6:.12g}"
            words.add(f"smaller_than_{size.replace('.', 'p')}um")
    if number(handle, "typeOfWavelengthInterval") not in (None, 255):
        places["radiation_wavelength"] = (limit(handle, "FirstWavelength") + limit(handle, "SecondWavelength")) / 2
    return places, words


def float_bits(handle):
    eccodes.codes_set(handle, "missingValue", MISSING)
    values = eccodes.codes_get_values(handle)
    result = values.astype(np.float32)
    result[values == MISSING] = netCDF4.default_fillvals["f4"]
    return result.view(np.uint32)


class Slot:
    """One horizontal field of one NetCDF variable."""

    def __init__(self, variable, index, begin, end, low, high, kinds, places):
        self.variable, self.index, self.places = variable, index, places
        self.begin, self.end, self.low, self.high, self.kinds = begin, end, low, high, kinds
        self.used = False

    def is_missing(self):
        return (self.variable[self.index] == self.variable._FillValue).all()


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


PLACES = ("realization", "threshold", "percentile", "radiation_wavelength")


def axes(data, variable):
    """The names of its coordinates besides time and grid: those of dimensions, in their order, and scalars."""
    times = ("forecast_reference_time", "forecast_period")
    scalars = [name for name in variable.coordinates.split() if name not in times and data.variables[name].ndim == 0]
    return list(variable.dimensions[1:-2]), scalars


def slots(data):
    for variable in data.variables.values():
        if "grib_parameter" not in variable.ncattrs():
            continue
        variable.set_auto_mask(False)
        (begin, end), = ends(data, time_coordinate(variable))
        kinds = tuple(int(part.split(":")[0]) for part in variable.grib_level.split("/"))
        dimensions, scalars = axes(data, variable)
        names = dimensions + scalars
        for where in itertools.product(*(range(len(ends(data, name))) for name in names)):
            places, (low, high) = {}, (None, None)
            for name, at in zip(names, where):
                kind = re.sub(r"[_\d].*$", "", name) if name not in PLACES else name
                kind = "radiation_wavelength" if name.startswith("radiation_wavelength") else kind
                if kind in PLACES:
                    places[kind] = float(np.atleast_1d(np.ma.getdata(data.variables[name][...]))[at])
                else:
                    assert low is None, f"{variable.name}: two level coordinates: {names}"
                    low, high = ends(data, name)[at]
            yield Slot(variable, (0, *where[:len(dimensions)]), begin, end, low, high, kinds, places)


def product_matches(slot, places, words):
    if set(places) != set(slot.places):
        return False
    if not all(np.isclose(place, slot.places[name], rtol=1e-9, atol=0) for name, place in places.items()):
        return False
    parts = slot.variable.name
    if not all(word in parts for word in words):
        return False
    known = [*DERIVED.values(), *AREA.values(), *(event for event, _ in EVENTS.values())]
    return all(word in words for word in known if parts.endswith(word))


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
    if slot.variable.name.startswith("probability_of_") or "_time_ranges" in slot.variable.name:
        return True  # the statistic is not a method over the cells of the time
    method = slot.variable.cell_methods.split(": ")[1].split()[0]
    return method == STATISTICS.get(process, NAMED_STATISTICS.get(getattr(slot.variable, "ncep_name", "")))


def find(by_parameter, handle):
    """The slot of this message, of those not yet taken: buckets before run totals, as NCEP writes them."""
    parameter = "-".join(str(number(handle, key)) for key in ("discipline", "parameterCategory", "parameterNumber"))
    first, second = surface(handle, "First"), surface(handle, "Second")
    begin, end, process = interval(handle)
    places, words = product(handle)
    found = [slot for slot in by_parameter.get(parameter, [])
             if not slot.used and (slot.begin, slot.end) == (begin, end) and levels_match(slot, first, second)
             and statistic_matches(slot, process) and product_matches(slot, places, words)]
    found.sort(key=lambda slot: time_coordinate(slot.variable) == "time_run")
    what = f"{parameter} on {first} {second} from {begin} to {end} by {process}, {places} {words}"
    return (found[0] if found else None), what


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
                 for some in by_parameter.values() for slot in some if not slot.used and not slot.is_missing()]
    data.close()
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

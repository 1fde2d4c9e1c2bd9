#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""compare_products.py CONVERT_FILE: are fields told apart that differ in their product alone, as an independent decoder does?

Files like those of the NBM, of ensembles, of monthly means and of bulletins, made by python's eccodes. Beside the values
the names, units and bounds that must come out are stated here.
"""
import pathlib
import sys

from compare_with_eccodes import compare, ends
from made_up import Converter, message, netCDF4, np

RAIN = {"parameterCategory": 1, "parameterNumber": 8, "typeOfFirstFixedSurface": 1, "scaledValueOfFirstFixedSurface": 0}
SIX_HOURS = {"forecastTime": 6, "typeOfStatisticalProcessing": 1, "indicatorOfUnitForTimeRange": 1, "lengthOfTimeRange": 6,
             "yearOfEndOfOverallTimeInterval": 2022, "monthOfEndOfOverallTimeInterval": 3,
             "dayOfEndOfOverallTimeInterval": 16, "hourOfEndOfOverallTimeInterval": 6}
MONTH = {"dataDate": 20220201, "dataTime": 0, "indicatorOfUnitOfTimeRange": 3, "forecastTime": 1,
         "typeOfStatisticalProcessing": 0, "indicatorOfUnitForTimeRange": 3, "lengthOfTimeRange": 1,
         "yearOfEndOfOverallTimeInterval": 2022, "monthOfEndOfOverallTimeInterval": 4, "dayOfEndOfOverallTimeInterval": 1,
         "hourOfEndOfOverallTimeInterval": 0}
HEADER = b"\r\r\n123\r\r\nYTXA98 KWBE 151800\r\r\n"
count = 0


def field(template, keys):
    """A field of its own values."""
    global count
    count += 1
    return message({"productDefinitionTemplateNumber": template, "generatingProcessIdentifier": 104, **keys},
                   np.linspace(count, count + 50, 496))


def limit(which, hundredths):
    return {f"scaleFactorOf{which}Limit": 2, f"scaledValueOf{which}Limit": hundredths}


def thresholds():
    rain = [field(9, {**RAIN, **SIX_HOURS, "probabilityType": 1, **limit("Upper", each)}) for each in (2540, 25, 254)]
    cold = [field(5, {"forecastTime": 12, "probabilityType": 0, **limit("Lower", 27315)})]
    between = [field(5, {"forecastTime": 12, "probabilityType": 2, **limit("Lower", 27000), **limit("Upper", 28000)})]
    return b"".join(rain + cold + between)


def percentiles():
    return b"".join([field(10, {**RAIN, **SIX_HOURS, "percentileValue": each}) for each in (90, 5, 50)] +
                    [field(6, {"forecastTime": 12, "percentileValue": each}) for each in (10, 90)])


def members():
    return b"".join(
        field(1, {"typeOfEnsembleForecast": kind, "perturbationNumber": number, "typeOfFirstFixedSurface": 100,
                  "scaledValueOfFirstFixedSurface": pressure})
        for kind, number in ((3, 1), (1, 0), (2, 1)) for pressure in (50000, 85000) if (kind, pressure) != (2, 85000))


def monthly_means():
    return field(8, MONTH) + field(8, {**MONTH, "parameterCategory": 1, "parameterNumber": 0})


def bulletins():
    return b"".join(HEADER + field(0, {"parameterNumber": number}) + b"\r\r\n\x03" for number in (0, 6))


FILES = {
    thresholds: {"probability_of_precipitation_amount_surface_6h_above_threshold": "%",
                 "probability_of_air_temperature_2m_below_threshold": "%",
                 "probability_of_air_temperature_2m_between_thresholds": "%"},
    percentiles: {"precipitation_amount_surface_6h_percentile": "kg m-2", "air_temperature_2m_percentile": "K"},
    members: {"air_temperature_isobaric": "K"},
    monthly_means: {"air_temperature_2m_average_month": "K", "specific_humidity_2m_average_month": "1"},
    bulletins: {"air_temperature_2m": "K", "dew_point_temperature_2m": "K"}}
MARCH = (1646092800, 1648771200)  # 2022-03-01 to 2022-04-01


def problems_of(converter, make, expected):
    done = converter.run(make())
    if done.returncode != 0:
        return [done.stderr]
    _, _, problems = compare(converter.grib, converter.netcdf)
    with netCDF4.Dataset(converter.netcdf) as data:
        found = {name: each.units for name, each in data.variables.items() if "grib_parameter" in each.ncattrs()}
        if found != expected:
            problems.append(f"{found} instead of {expected}")
        if make is monthly_means and ends(data, "time_month") != [MARCH]:
            problems.append(f"the month is {ends(data, 'time_month')}")
        if make is thresholds and data.variables["threshold"].standard_name != "precipitation_amount":
            problems.append("the threshold is of another quantity than rain")
        if make is members and list(data.variables["realization"][:]) != [-1, 0, 1]:
            problems.append(f"the members are {data.variables['realization'][:]}")
    return problems


def main():
    converter = Converter(pathlib.Path(sys.argv[1]))
    bad = [f"{make.__name__}: {problem}" for make, expected in FILES.items()
           for problem in problems_of(converter, make, expected)]
    print("\n".join(bad) or f"{count} fields in {len(FILES)} files are right")
    return 1 if bad else 0


sys.exit(main())

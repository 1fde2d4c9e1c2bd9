#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""make_grib_parameters.py TABLES > grib_parameters.csv: the parameters of GRIB2 from NCEP's version of code table 4.2.

TABLES is the folder src/grib2io/tables of the source of PyPI's grib2io (NOAA/NWS, MIT License), whose tables are those of
NCEP's documentation: the WMO's numbers, NCEP's own from 192 on and, as discipline 209, those of the MRMS. Units are
rewritten for UDUNITS, and left out where it does not know them; that needs PyPI's cf_units.
"""
import csv
import pathlib
import re
import runpy
import sys

import cf_units

WORDS = {"numeric": "1", "proportion": "1", "fraction": "1", "-": "1", "non-dim": "1", "non-dimensional": "1",
         "categorical": "1", "boolean": "1", "integer": "1", "index": "1", "flag": "1", "ph": "1", "psu": "1",
         "degree true": "degree", "degrees": "degree", "deg": "degree", "°": "degree", "deg true": "degree",
         "° n": "degree_north", "° e": "degree_east", "° c": "degree_Celsius", "gpm": "m", "dobson": "1e-5 m",
         "du": "1e-5 m", "dbz": "dBZ", "ppb": "1e-9", "ppbv": "1e-9", "ppmv": "1e-6", "ppm": "1e-6", "kt": "knot",
         "km msl": "km", "km agl": "km", "m msl": "m", "m agl": "m", "flashes/km2/min": "km-2 min-1",
         "0.001/s": "1e-3 s-1"}
# Where the WMO's table, as eccodes has it, and the data themselves differ from NCEP's documentation.
UNITS = {(0, 16, 0): "mm6 m-3", (0, 16, 1): "mm6 m-3", (0, 16, 2): "mm6 m-3", (2, 3, 24): "K day-1",
         (3, 1, 99): "kg m-2 s-1", (10, 0, 42): "m2 s rad-1"}
TITLES = {(0, 20, 112): "Scattering Aerosol Optical Thickness"}
AMBIGUOUS = ("m2/3 s-1", "units", "byte")  # UDUNITS reads something else


def known(unit):
    try:
        return cf_units.Unit(unit).is_udunits()
    except ValueError:
        return False


def udunits(text):
    """The unit as UDUNITS writes it; empty for words like "See Table 4.205" and "log10(kg m-3)"."""
    text = re.sub("[µμ]", "u", text.strip()).replace("**", "").replace("^", "")
    text = WORDS.get(text.lower(), text)
    if text.lower() in AMBIGUOUS or re.search(r"[(),;:]|table|log|code|see|flag|index|unknown|%/", text, re.IGNORECASE):
        return ""
    if not text.startswith("1e"):
        text = re.sub(r"([A-Za-z]) (-?\d)", r"\1\2", text)  # m -2 is m-2
        text = re.sub(r"(?<=\d)(?=[A-Za-z])", " ", text)  # m2s-1 is m2 s-1
    return text if known(text) else ""


def rows(folder):
    for file in sorted(folder.glob("section4_discipline*.py")):
        for name, table in runpy.run_path(file).items():
            place = re.fullmatch(r"table_4_2_(\d+)_(\d+)", name)
            for number, (title, unit, abbreviation) in (table.items() if place else ()):
                if number.isdigit() and abbreviation not in ("", "unknown"):
                    title = re.sub(r"\s*\(see note[^)]*\)", "", title, flags=re.IGNORECASE).strip(" *>")
                    if unit == "C":  # of the MRMS and of the ocean: no coulomb
                        unit = "° C"
                    key = int(place[1]), int(place[2]), int(number)
                    yield *key, abbreviation, UNITS.get(key, udunits(unit)), TITLES.get(key, title)


def main():
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["discipline", "category", "number", "ncep_abbrev", "units", "long_name"])
    out.writerows(sorted(rows(pathlib.Path(sys.argv[1]))))


main()

#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""compare_grids.py CONVERT_FILE: does every value lie where eccodes says that it lies, on every kind of grid?

Points are compared by where they are, not by their order; on maps also by pyproj, which knows nothing of GRIB: it gets
the CF attributes of the grid mapping and must find the latitudes and longitudes from x and y.
"""
import pathlib
import subprocess
import sys

from made_up import ROTATED, Converter, decoded, message, np, points

DEGREES = {"gridDefinitionTemplateNumber": 0, "Ni": 12, "Nj": 7, "latitudeOfFirstGridPoint": 90000000,
           "latitudeOfLastGridPoint": -90000000, "longitudeOfFirstGridPoint": 0, "longitudeOfLastGridPoint": 330000000,
           "iDirectionIncrement": 30000000, "jDirectionIncrement": 30000000, "scanningMode": 0}
TO_THE_NORTH = {"latitudeOfFirstGridPoint": -90000000, "latitudeOfLastGridPoint": 90000000, "scanningMode": 64}
GAUSSIAN = {"gridDefinitionTemplateNumber": 40, "Ni": 12, "Nj": 64, "N": 32, "latitudeOfFirstGridPoint": 87863799,
            "latitudeOfLastGridPoint": -87863799, "longitudeOfFirstGridPoint": 0, "longitudeOfLastGridPoint": 330000000,
            "iDirectionIncrement": 30000000, "scanningMode": 0}
LAMBERT = {"gridDefinitionTemplateNumber": 30, "Nx": 9, "Ny": 7, "latitudeOfFirstGridPoint": 21138123,
           "longitudeOfFirstGridPoint": 237280472, "LaD": 38500000, "LoV": 262500000, "Dx": 600000000, "Dy": 500000000,
           "Latin1": 38500000, "Latin2": 38500000, "scanningMode": 64, "resolutionAndComponentFlags": 8}
POLAR = {"gridDefinitionTemplateNumber": 20, "Nx": 8, "Ny": 6, "latitudeOfFirstGridPoint": 20000000,
         "longitudeOfFirstGridPoint": 225000000, "LaD": 60000000, "orientationOfTheGrid": 255000000, "Dx": 700000000,
         "Dy": 900000000, "projectionCentreFlag": 0, "scanningMode": 64}
MERCATOR = {"gridDefinitionTemplateNumber": 10, "Ni": 9, "Nj": 7, "latitudeOfFirstGridPoint": 18067000,
            "longitudeOfFirstGridPoint": 198475000, "LaD": 20000000, "scanningMode": 64, "orientationOfTheGrid": 0,
            "Di": 100000000, "Dj": 100000000, "latitudeOfLastGridPoint": 23300000,
            "longitudeOfLastGridPoint": 206100000}
GRIDS = {
    "north to south": DEGREES,
    "south to north": {**DEGREES, **TO_THE_NORTH},
    "over Greenwich": {**DEGREES, "longitudeOfFirstGridPoint": 190000000, "longitudeOfLastGridPoint": 160000000},
    "to the west": {**DEGREES, "longitudeOfFirstGridPoint": 330000000, "longitudeOfLastGridPoint": 0, "scanningMode": 128},
    "Gaussian": GAUSSIAN,
    "Gaussian, to the north": {**GAUSSIAN, "latitudeOfFirstGridPoint": -87863799,
                               "latitudeOfLastGridPoint": 87863799, "scanningMode": 64},
    "Lambert": LAMBERT,
    "Lambert, two parallels": {**LAMBERT, "Latin1": 33000000, "Latin2": 45000000, "LaD": 33000000},
    "Lambert, in the south": {**LAMBERT, "Latin1": -30000000, "Latin2": -60000000, "LaD": -30000000,
                              "latitudeOfFirstGridPoint": -50000000},
    "Lambert, an ellipsoid": {**LAMBERT, "shapeOfTheEarth": 5},
    "polar": POLAR,
    "polar, in the south": {**POLAR, "projectionCentreFlag": 128, "latitudeOfFirstGridPoint": -20000000, "LaD": -60000000},
    "polar, an ellipsoid": {**POLAR, "shapeOfTheEarth": 5},
    "rotated": ROTATED,
    "rotated, in the south": {**ROTATED, "latitudeOfSouthernPole": 30000000, "longitudeOfSouthernPole": 10000000},
    "Mercator": MERCATOR,
    "Mercator, an ellipsoid": {**MERCATOR, "shapeOfTheEarth": 5},
}
# eccodes knows the polar map of spheres only, and takes the ends of a Mercator map, which round its steps, for exact.
ONLY_BY_PYPROJ = [GRIDS[name] for name in ("polar, an ellipsoid", "Mercator", "Mercator, an ellipsoid")]
REFUSED = {"turned": ({**ROTATED, "angleOfRotation": 10}, "message 1 at byte 0: its rotated grid is turned about its pole"),
           "space view": ({"gridDefinitionTemplateNumber": 90}, "message 1 at byte 0: its grid has template 3.90")}


TOLERANCE = 1e-7  # Earth radii: 64 cm
ROUNDING = 1.5e-7  # of the latitudes and longitudes of a map's points, 0.85 m and 0.42 m


def on_sphere(latitude, longitude):
    """Unit vectors: near the poles and at 0/360 degrees neighbours in them are neighbours."""
    lat, lon = np.radians(latitude), np.radians(longitude)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def positions(data, shape):
    latitude, longitude = data["latitude"][:], data["longitude"][:]
    if latitude.ndim == 2:
        return latitude.reshape(-1), longitude.reshape(-1)
    return np.repeat(latitude, shape[1]), np.tile(longitude, shape[0])


def problems_of_map(netcdf):
    """In a process of its own: eccodes' wheel and pyproj's bring two versions of one library."""
    done = subprocess.run([sys.executable, pathlib.Path(__file__).with_name("check_map.py"), netcdf],
                          capture_output=True, text=True, check=False)
    return [] if done.returncode == 0 else [done.stdout + done.stderr]


def compare(converter, keys):
    count = keys.get("Ni", 0) * keys.get("Nj", 0) or keys["Nx"] * keys["Ny"]
    grib = message(keys, np.linspace(200, 300, count))
    data, field = converter.converted(grib)
    problems = []
    if keys not in ONLY_BY_PYPROJ:
        distance = np.abs(on_sphere(*positions(data, field.shape[-2:])) - on_sphere(*points(grib))).max()
        if distance > TOLERANCE + (ROUNDING if data["latitude"].ndim == 2 else 0):
            problems.append(f"points lie elsewhere, by {distance} Earth radii")
    if (field[0].reshape(-1) != decoded(grib)).any():
        problems.append("values differ")
    if field.dimensions[-1] != "longitude":
        problems += problems_of_map(converter.netcdf)
        if field.coordinates.split()[-2:] != ["latitude", "longitude"] or field.grid_mapping != "crs":
            problems.append("the field does not name its coordinates and its map")
    data.close()
    return problems


def compare_to_the_south(converter):
    """eccodes takes every map's rows to go north. So: the same points from the other end."""
    shape = LAMBERT["Ny"], LAMBERT["Nx"]
    latitude, longitude = (part.reshape(shape)[::-1] for part in points(message(LAMBERT, np.zeros(shape))))
    keys = {**LAMBERT, "scanningMode": 0, "latitudeOfFirstGridPoint": round(latitude[0, 0] * 1e6),
            "longitudeOfFirstGridPoint": round(longitude[0, 0] * 1e6)}
    data, field = converter.converted(message(keys, np.linspace(200, 300, 63)))
    distance = np.abs(on_sphere(*positions(data, field.shape[-2:])) - on_sphere(latitude, longitude).reshape(-1, 3)).max()
    return [] if distance < TOLERANCE + ROUNDING else [f"Lambert, to the south: points lie elsewhere, by {distance} Earth radii"]


def main():
    converter = Converter(sys.argv[1])
    bad = [f"{name}: {problem}" for name, keys in GRIDS.items() for problem in compare(converter, keys)]
    bad += compare_to_the_south(converter)
    for name, (keys, sentence) in REFUSED.items():
        count = keys.get("Ni", 0) * keys.get("Nj", 0) or 496
        done = converter.run(message(keys, np.linspace(200, 300, count)))
        if done.returncode == 0 or sentence not in done.stderr:
            bad.append(f"{name}: not refused with '{sentence}' but: {done.stderr}")
    print("\n".join(bad) or f"{len(GRIDS) + 1} grids are right, {len(REFUSED)} are refused")
    return 1 if bad else 0


sys.exit(main())

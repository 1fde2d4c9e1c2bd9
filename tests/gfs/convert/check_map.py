#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""check_map.py NETCDF: are the latitudes and longitudes what pyproj makes of x, y and the grid mapping's attributes?"""
import sys

import numpy as np
import pyproj
import netCDF4

data = netCDF4.Dataset(sys.argv[1])
plane = pyproj.CRS.from_cf({name: data["crs"].getncattr(name) for name in data["crs"].ncattrs()})
x, y = np.meshgrid(data["x"][:], data["y"][:])
longitude, latitude = pyproj.Transformer.from_crs(plane, plane.geodetic_crs, always_xy=True).transform(x, y)
around = np.abs((longitude - data["longitude"][:] + 180) % 360 - 180)
worst = max(np.abs(latitude - data["latitude"][:]).max(), around.max())
print(f"pyproj finds the points elsewhere, by up to {worst} degrees")
sys.exit(1 if worst > 1e-7 else 0)

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/convert.hpp"

#include <exception>
#include <iostream>
#include <string_view>

// convert_file GRIB NETCDF [keep]: what compare_with_eccodes.py compares.
int main(int count, char** arguments) {
    const bool keeps_unknown = count == 4 && std::string_view(arguments[3]) == "keep";
    if (count != 3 && !keeps_unknown) {
        std::cerr << "usage: convert_file GRIB NETCDF [keep]\n";
        return 64;
    }
    try {
        const gfs::Conversion conversion =
            gfs::convert({.grib = arguments[1],
                          .netcdf = arguments[2],
                          .dataset = {.id = "gfs.test",
                                      .title = "NOAA GFS forecast",
                                      .date_created = "2022-03-15T21:34:00Z",
                                      .code_version = "test"},
                          .unknown = keeps_unknown ? gfs::UnknownMessages::keep : gfs::UnknownMessages::refuse,
                          .buckets = gfs::Buckets::inferred});
        std::cout << conversion.fields << " fields in " << conversion.variables.size() << " variables\n";
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
    return 0;
}

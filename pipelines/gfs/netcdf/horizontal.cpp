// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/horizontal.hpp"

#include "netcdf/attributes.hpp"

namespace gfs {

namespace {

void put_earth(netCDF::NcVar& crs, const Earth& earth) {
    if (earth.semi_major == earth.semi_minor) {
        crs.putAtt("earth_radius", netCDF::ncDouble, earth.semi_major);
    } else {
        crs.putAtt("semi_major_axis", netCDF::ncDouble, earth.semi_major);
        crs.putAtt("semi_minor_axis", netCDF::ncDouble, earth.semi_minor);
    }
}

Horizontal define_degrees(netCDF::NcFile& file, const Grid& grid) {
    const Horizontal result{.rows = file.addDim("latitude", static_cast<std::size_t>(grid.rows)),
                            .columns = file.addDim("longitude", static_cast<std::size_t>(grid.columns)),
                            .auxiliary = {}};
    put_texts(file.addVar("latitude", netCDF::ncDouble, result.rows),
              {{"standard_name", "latitude"}, {"long_name", "latitude"}, {"units", "degrees_north"}, {"axis", "Y"}});
    put_texts(file.addVar("longitude", netCDF::ncDouble, result.columns),
              {{"standard_name", "longitude"}, {"long_name", "longitude"}, {"units", "degrees_east"}, {"axis", "X"}});
    file.getVar("crs").putAtt("grid_mapping_name", "latitude_longitude");
    return result;
}

}  // namespace

Horizontal define_horizontal(netCDF::NcFile& file, const Grid& grid) {
    netCDF::NcVar crs = file.addVar("crs", netCDF::ncInt);
    crs.putAtt("long_name", "coordinate reference system");
    put_earth(crs, grid.earth);
    return define_degrees(file, grid);
}

void write_horizontal(netCDF::NcFile& file, const Grid& grid) {
    file.getVar("crs").putVar(std::vector<int>{0}.data());
    file.getVar("latitude").putVar(latitudes(grid).data());
    file.getVar("longitude").putVar(longitudes(grid).data());
}

}  // namespace gfs

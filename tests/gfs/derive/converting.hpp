// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "made_up_grib.hpp"
#include "netcdf/convert.hpp"
#include "support/temp_dir.hpp"

#include <netcdf>

#include <string>
#include <vector>

namespace gfs::test {

/// Converts made-up messages of 4 x 3 points, and tells what is in the file.
class ConversionFixture {
public:
    Conversion convert(const std::string& messages, std::vector<FieldProcessor*> processors) {
        write(folder / "a.grib2", messages);
        return gfs::convert({.grib = folder / "a.grib2",
                             .netcdf = folder / "a.nc",
                             .dataset = {},
                             .area = area,
                             .precision = precision,
                             .processors = std::move(processors)});
    }

    bool has(const std::string& variable) const { return !file().getVar(variable).isNull(); }

    std::vector<float> values(const std::string& variable) const {
        const auto open = file();
        const auto var = open.getVar(variable);
        std::size_t size = 1;
        for (const auto& dim : var.getDims()) size *= dim.getSize();
        std::vector<float> all(size);
        var.getVar(all.data());
        return all;
    }

    std::string text(const std::string& variable, const std::string& attribute) const {
        std::string value;
        file().getVar(variable).getAtt(attribute).getValues(value);
        return value;
    }

    double number(const std::string& variable, const std::string& attribute) const {
        double value = 0;
        file().getVar(variable).getAtt(attribute).getValues(&value);
        return value;
    }

    freshet::test::TempDir folder;
    std::optional<Area> area = {};
    Precision precision = Precision::exact;

private:
    netCDF::NcFile file() const { return {(folder / "a.nc").string(), netCDF::NcFile::read}; }
};

}  // namespace gfs::test

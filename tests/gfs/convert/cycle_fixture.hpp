// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "made_up_grib.hpp"
#include "netcdf/convert.hpp"
#include "netcdf/cycle_file.hpp"
#include "support/temp_dir.hpp"

#include <netcdf>

#include <fstream>
#include <sstream>

namespace gfs::test {

/// 12 points that count from `first`.
inline std::vector<double> counted(double first) {
    std::vector<double> values;
    for (int i = 0; i < 12; ++i) values.push_back(first + i);
    return values;
}

inline std::string temperature(int hour, double first) {
    return encode({.forecast_hour = hour, .values = counted(first)});
}

inline std::string humidity(int hour, long pressure, double first) {
    return encode({.category = 1,
                   .number = 1,
                   .surface = 100,
                   .scaled_value = pressure,
                   .forecast_hour = hour,
                   .values = counted(first)});
}

/// Temperatures of two members of an ensemble, each on two levels.
inline std::string two_members(int hour, long low, long high, double first) {
    std::string messages;
    for (const double number : {1.0, 2.0})
        for (const long pressure : {low, high})
            messages += encode({.surface = 100,
                                .scaled_value = pressure,
                                .forecast_hour = hour,
                                .values = counted(first++),
                                .keys = {{"productDefinitionTemplateNumber", 1},
                                         {"typeOfEnsembleForecast", 3},
                                         {"perturbationNumber", number}}});
    return messages;
}

inline std::string content(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

/// A folder with the files of some leads and the one over them.
class CycleFixture {
public:
    void add_lead(int hour, const std::string& messages, gfs::Chunks chunks = gfs::Chunks::map,
                  gfs::Precision precision = gfs::Precision::exact) {
        const std::string name = "a.f00" + std::to_string(hour);
        gfs::test::write(folder / (name + ".grib2"), messages);
        gfs::convert({.grib = folder / (name + ".grib2"),
                      .netcdf = folder / (name + ".nc"),
                      .dataset = {.id = "gfs.test",
                                  .title = "a test",
                                  .date_created = "2022-03-15T2" + std::to_string(hour) + ":00:00Z",
                                  .code_version = "1.2.3"},
                      .chunks = chunks,
                      .precision = precision});
        request.leads.push_back(folder / (name + ".nc"));
    }

    /// Returns what is left out.
    std::vector<std::string> write() const {
        const gfs::CycleContent all = gfs::read_cycle_content(request.leads);
        gfs::write_cycle_file(request, all);
        return all.left_out;
    }

    netCDF::NcFile file() const { return {request.netcdf.string(), netCDF::NcFile::read}; }

    std::vector<float> values(const std::string& variable) const {
        const auto open = file();
        const auto found = open.getVar(variable);
        std::size_t size = 1;
        for (const auto& dimension : found.getDims()) size *= dimension.getSize();
        std::vector<float> all(size);
        found.getVar(all.data());
        return all;
    }

    std::string text(const std::string& variable, const std::string& attribute) const {
        const auto open = file();
        std::string value;
        if (variable.empty())
            open.getAtt(attribute).getValues(value);
        else
            open.getVar(variable).getAtt(attribute).getValues(value);
        return value;
    }

    std::vector<std::string> dimensions(const std::string& variable) const {
        const auto open = file();
        std::vector<std::string> names;
        for (const auto& dimension : open.getVar(variable).getDims()) names.push_back(dimension.getName());
        return names;
    }

    freshet::test::TempDir folder;
    gfs::CycleFileRequest request{.netcdf = folder / "a.nc", .leads = {}, .id = "gfs.test.cycle"};
};

}  // namespace gfs::test

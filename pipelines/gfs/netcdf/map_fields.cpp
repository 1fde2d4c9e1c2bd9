// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/map_fields.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>
#include <netcdf>

#include <algorithm>
#include <cmath>
#include <optional>

namespace gfs {

namespace {

std::string text_attribute(const netCDF::NcVar& variable, const std::string& name) {
    const auto attributes = variable.getAtts();
    const auto found = attributes.find(name);
    std::string text;
    if (found != attributes.end()) found->second.getValues(text);
    return text;
}

/// Returns nothing where the steps differ, as those of a Gaussian grid do.
std::optional<RegularAxis> regular_axis(const netCDF::NcFile& file, const std::string& name) {
    const netCDF::NcVar variable = file.getVar(name);
    if (variable.isNull() || variable.getDimCount() != 1) return std::nullopt;
    std::vector<double> values(variable.getDim(0).getSize());
    if (values.size() < 2) return std::nullopt;
    variable.getVar(values.data());
    const auto steps = static_cast<double>(values.size() - 1);
    const RegularAxis axis{
        .first = values.front(), .step = (values.back() - values.front()) / steps, .count = values.size()};
    constexpr double slack = 0.01;  // fraction of a step that rounding to millionths of a degree explains
    for (std::size_t i = 0; i < values.size(); ++i)
        if (std::abs(values[i] - (axis.first + axis.step * static_cast<double>(i))) > slack * std::abs(axis.step))
            return std::nullopt;
    return axis;
}

bool is_map_field(const netCDF::NcVar& variable) {
    const auto dimensions = variable.getDims();
    if (dimensions.size() < 2) return false;
    if (dimensions[dimensions.size() - 2].getName() != "latitude" || dimensions.back().getName() != "longitude")
        return false;
    return std::all_of(dimensions.begin(), dimensions.end() - 2,
                       [](const auto& dimension) { return dimension.getSize() == 1; });
}

}  // namespace

MapFields read_map_fields(const std::filesystem::path& netcdf) try {
    const netCDF::NcFile file(netcdf.string(), netCDF::NcFile::read);
    const auto latitude = regular_axis(file, "latitude"), longitude = regular_axis(file, "longitude");
    if (!latitude || !longitude) return {};
    MapFields found{.latitude = *latitude, .longitude = *longitude, .fields = {}};
    for (const auto& [name, variable] : file.getVars()) {
        if (!is_map_field(variable)) continue;
        found.fields.push_back({.variable = name,
                                .standard_name = text_attribute(variable, "standard_name"),
                                .long_name = text_attribute(variable, "long_name"),
                                .units = text_attribute(variable, "units")});
    }
    return found;
} catch (const netCDF::exceptions::NcException& error) {
    throw freshet::Error(fmt::format("read what is in '{}': {}", netcdf.string(), error.what()));
}

}  // namespace gfs

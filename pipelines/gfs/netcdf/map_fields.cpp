// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/map_fields.hpp"

#include "netcdf/virtual_file.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>
#include <netcdf>

#include <algorithm>
#include <cmath>
#include <optional>

namespace gfs {

namespace {

/// Returns the texts of a variable's attributes; "" for those that it lacks.
std::map<std::string, std::string> text_attributes(const netCDF::NcVar& variable) {
    std::map<std::string, std::string> texts;
    for (const auto& [name, attribute] : variable.getAtts())
        if (attribute.getType() == netCDF::ncChar) attribute.getValues(texts[name]);
    return texts;
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
    constexpr std::string_view map_dimensions[] = {"time", "latitude", "longitude"};
    return std::ranges::equal(variable.getDims(), map_dimensions, {}, [](const auto& each) { return each.getName(); });
}

/// Lists the map fields of any lead.
MapFields all_map_fields(const std::filesystem::path& cycle_file) {
    const netCDF::NcFile file(cycle_file.string(), netCDF::NcFile::read);
    const auto latitude = regular_axis(file, "latitude"), longitude = regular_axis(file, "longitude");
    if (!latitude || !longitude) return {};
    MapFields all{.latitude = *latitude, .longitude = *longitude, .fields = {}};
    for (const auto& [name, variable] : file.getVars()) {
        if (!is_map_field(variable)) continue;
        auto texts = text_attributes(variable);
        all.fields.push_back({.variable = name,
                              .standard_name = texts["standard_name"],
                              .long_name = texts["long_name"],
                              .units = texts["units"]});
    }
    return all;
}

}  // namespace

std::map<std::string, MapFields> read_map_fields(const std::filesystem::path& cycle_file) try {
    const MapFields all = all_map_fields(cycle_file);
    std::vector<std::string> variables;
    for (const MapField& field : all.fields) variables.push_back(field.variable);
    const auto sources = virtual_sources(cycle_file, variables);
    std::map<std::string, MapFields> by_lead;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        for (const std::string& lead : sources[i]) {
            const MapFields none{.latitude = all.latitude, .longitude = all.longitude, .fields = {}};
            by_lead.try_emplace(lead, none).first->second.fields.push_back(all.fields[i]);
        }
    }
    return by_lead;
} catch (const netCDF::exceptions::NcException& error) {
    throw freshet::Error(fmt::format("read what is in '{}': {}", cycle_file.string(), error.what()));
}

}  // namespace gfs

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/cycle_file.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>
#include <netcdf.h>
#include <netcdf>

#include <algorithm>
#include <cctype>

namespace gfs {

namespace {

constexpr const char* record_dimension = "time";

std::vector<std::string> dimension_names(const netCDF::NcVar& variable) {
    std::vector<std::string> names;
    for (const netCDF::NcDim& dimension : variable.getDims()) names.push_back(dimension.getName());
    return names;
}

std::vector<double> numbers_of(const netCDF::NcVar& variable) {
    std::size_t size = 1;
    for (const netCDF::NcDim& dimension : variable.getDims()) size *= dimension.getSize();
    std::vector<double> values(size);
    variable.getVar(values.data());
    return values;
}

AxisValues axis_of(const netCDF::NcFile& file, const std::string& dimension) {
    const netCDF::NcVar bounds = file.getVar(dimension + "_bnds");
    return {.values = numbers_of(file.getVar(dimension)),
            .bounds = bounds.isNull() ? std::vector<double>() : numbers_of(bounds)};
}

/// All values of both. Requires that both have bounds or none has.
AxisValues merged(const AxisValues& one, const AxisValues& other) {
    if (one == other) return one;
    std::map<double, std::vector<double>> all;
    for (const AxisValues* each : {&one, &other}) {
        const std::size_t width = each->bounds.size() / std::max<std::size_t>(1, each->values.size());
        for (std::size_t i = 0; i < each->values.size(); ++i) {
            const auto first = each->bounds.begin() + static_cast<std::ptrdiff_t>(i * width);
            all[each->values[i]].assign(first, first + static_cast<std::ptrdiff_t>(width));
        }
    }
    AxisValues result;
    for (const auto& [value, bounds] : all) {
        result.values.push_back(value);
        result.bounds.insert(result.bounds.end(), bounds.begin(), bounds.end());
    }
    return result;
}

/// "isobaric" for "isobaric1"; "level_133" as it is.
std::string without_number(std::string name) {
    std::string shorter = name;
    while (!shorter.empty() && std::isdigit(static_cast<unsigned char>(shorter.back())) != 0) shorter.pop_back();
    return shorter.empty() || shorter.back() == '_' ? name : shorter;
}

/// The names of the dimensions of rows and columns; on a map latitude and longitude have both.
std::vector<std::string> horizontal_dimensions(const netCDF::NcFile& file) {
    for (const auto& [rows, columns] : {std::pair("y", "x"), std::pair("rlat", "rlon")})
        if (!file.getDim(rows).isNull()) return {rows, columns};
    return {"latitude", "longitude"};
}

class CycleReader {
public:
    void add(const std::filesystem::path& path, std::size_t lead) {
        const netCDF::NcFile file(path.string(), netCDF::NcFile::read);
        lead_ = lead;
        path_ = path;
        if (content_.horizontal.empty()) {
            content_.horizontal = horizontal_dimensions(file);
        }
        check_grid(file);
        for (const auto& [name, attribute] : file.getAtts()) {
            if (attribute.getType() != netCDF::ncChar) continue;
            attribute.getValues(content_.texts[name].emplace_back());
        }
        add_names(file);
        for (const auto& [name, variable] : file.getVars()) add_variable(name, variable);
    }

    CycleContent content() {
        for (auto& [name, field] : content_.fields) place_on_axes(field);
        return std::move(content_);
    }

private:
    void add_names(const netCDF::NcFile& file) {
        LeadContent& lead = content_.leads.emplace_back();
        for (const auto& [name, variable] : file.getVars()) lead.variables.insert(name);
        for (const auto& [name, dimension] : file.getDims()) {
            lead.dimensions.insert(name);
            if (is_axis(name) && lead.variables.contains(name)) lead.axes[name] = axis_of(file, name);
        }
    }

    void check_grid(const netCDF::NcFile& file) {
        for (const std::string& name : content_.horizontal) {
            const netCDF::NcVar coordinate = file.getVar(name);
            const std::vector<double> values = coordinate.isNull() ? std::vector<double>() : numbers_of(coordinate);
            const auto [known, is_new] = grid_.emplace(name, values);
            if (values.empty() || known->second != values)
                throw freshet::Error(fmt::format("'{}' has another {} than the first lead", path_.string(), name));
        }
    }

    bool is_axis(const std::string& name) const {
        return name != record_dimension && name != "bnds" &&
               std::ranges::find(content_.horizontal, name) == content_.horizontal.end();
    }

    void add_variable(const std::string& name, const netCDF::NcVar& variable) {
        const std::vector<std::string> dimensions = dimension_names(variable);
        const bool has_time = !dimensions.empty() && dimensions.front() == record_dimension;
        if (dimensions.size() >= 2 && std::equal(dimensions.end() - 2, dimensions.end(), content_.horizontal.begin()))
            return add_field(name, variable, {dimensions.begin() + (has_time ? 1 : 0), dimensions.end() - 2});
        if (has_time) return add_series(name, variable);
        if (!dimensions.empty() && is_axis(dimensions.front())) return;  // read with its fields
        if (content_.numbers.contains(name)) return;
        content_.numbers.emplace(name, CycleNumbers{.dimensions = dimensions,
                                                    .is_integer = variable.getType() == netCDF::ncInt,
                                                    .described_by = lead_,
                                                    .values = numbers_of(variable)});
    }

    void add_field(const std::string& name, const netCDF::NcVar& variable, const std::vector<std::string>& between) {
        const bool has_time = variable.getDim(0).getName() == record_dimension;
        const auto [known, is_new] = content_.fields.try_emplace(name);
        CycleField& field = known->second;
        if (is_new) {
            field.has_time = has_time;
            field.is_double = variable.getType() == netCDF::ncDouble;
            field.described_by = lead_;
            field.dimensions = between;
        }
        if (!is_new && !has_time) return;
        if (!std::ranges::equal(field.dimensions, between, {}, without_number, without_number))
            return leave_out(name, "lies on other dimensions than elsewhere");
        LeadVariable source{.lead = lead_, .dimensions = between};
        for (const std::string& dimension : between) source.axes.push_back(content_.leads.back().axes.at(dimension));
        field.sources.push_back(std::move(source));
    }

    void add_series(const std::string& name, const netCDF::NcVar& variable) {
        std::vector<double> values = numbers_of(variable);
        CycleSeries& series = content_.series[name];
        if (series.by_lead.empty()) {
            series.described_by = lead_;
            series.width = values.size();
        }
        series.by_lead.emplace(lead_, std::move(values));
    }

    void leave_out(const std::string& name, const std::string& reason) {
        content_.left_out.push_back(fmt::format("'{}' of '{}' {}", name, path_.filename().string(), reason));
    }

    // The fields with the same values share a dimension, as in the leads.
    void place_on_axes(CycleField& field) {
        for (std::size_t i = 0; i < field.dimensions.size(); ++i) {
            AxisValues all = field.sources.front().axes[i];
            for (const LeadVariable& source : field.sources) all = merged(all, source.axes[i]);
            field.axes.push_back(axis_with(std::move(all), field.dimensions[i], field.described_by));
        }
    }

    std::size_t axis_with(AxisValues all, const std::string& name_there, std::size_t described_by) {
        const std::string base = without_number(name_there);
        const auto same = std::ranges::find_if(content_.axes, [&](const CycleAxis& other) {
            return other.content == all && without_number(other.name_there) == base;
        });
        const auto index = static_cast<std::size_t>(same - content_.axes.begin());
        if (same != content_.axes.end()) return index;
        std::string free = name_there;
        for (int number = 1; std::ranges::find(content_.axes, free, &CycleAxis::name) != content_.axes.end();)
            free = fmt::format("{}{}", base, number++);
        content_.axes.push_back(
            {.name = free, .content = std::move(all), .described_by = described_by, .name_there = name_there});
        return index;
    }

    CycleContent content_;
    std::map<std::string, std::vector<double>> grid_;
    std::size_t lead_ = 0;
    std::filesystem::path path_;
};

}  // namespace

CycleAttribute read_attribute(const netCDF::NcAtt& attribute) {
    CycleAttribute read{.name = attribute.getName(), .type = "String"};
    const netCDF::NcType type = attribute.getType();
    if (type == netCDF::ncChar || type == netCDF::ncString) {
        attribute.getValues(read.text);
        return read;
    }
    read.type = type == netCDF::ncDouble ? "double" : type == netCDF::ncFloat ? "float" : "int";
    read.numbers.resize(attribute.getAttLength());
    attribute.getValues(read.numbers.data());
    return read;
}

CycleContent read_cycle_content(const std::vector<std::filesystem::path>& leads) {
    CycleReader reader;
    for (std::size_t lead = 0; lead < leads.size(); ++lead) {
        try {
            reader.add(leads[lead], lead);
        } catch (const netCDF::exceptions::NcException& error) {
            throw freshet::Error(fmt::format("read '{}': {}", leads[lead].string(), nc_strerror(error.errorCode())));
        }
    }
    return reader.content();
}

}  // namespace gfs

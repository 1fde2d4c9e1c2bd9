// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/define_file.hpp"

#include "grib/eccodes_handle.hpp"
#include "grib/level_kinds.hpp"
#include "netcdf/chunk_file.hpp"
#include "netcdf/horizontal_coordinates.hpp"
#include "netcdf/tiles.hpp"

#include "freshet/error.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <hdf5.h>
#include <netcdf.h>
#include <netcdf>

#include <algorithm>
#include <memory>

namespace gfs {

namespace {

// Without the build date that netCDF's own text contains.
std::string netcdf_version() {
    const std::string text = nc_inq_libvers();
    return text.substr(0, text.find(' '));
}

std::string summary_of(const FileLayout& layout, const std::vector<Message>& messages) {
    const auto lead = std::chrono::duration_cast<std::chrono::hours>(layout.time - layout.reference_time);
    return fmt::format(
        "{} fields of the forecast that starts at {}, {} h ahead. Values are those of the GRIB2 messages, "
        "rounded to {}; rows are in their order.",
        messages.size(), iso_time(layout.reference_time), lead.count(),
        layout.precision == Precision::exact ? "float" : "what their packing tells");
}

std::string duration_text(std::chrono::seconds duration) {
    return fmt::format("PT{}H", std::chrono::duration_cast<std::chrono::hours>(duration).count());
}

void put_extent(netCDF::NcFile& file, const FileLayout& layout) {
    std::chrono::sys_seconds begin = layout.time;
    for (const TimeCoordinate& each : layout.times) begin = std::min(begin, each.begin);
    file.putAtt("time_coverage_start", iso_time(begin));
    file.putAtt("time_coverage_end", iso_time(layout.time));
    file.putAtt("time_coverage_duration", duration_text(layout.time - begin));
    file.putAtt("time_coverage_resolution", duration_text(layout.time - begin));
}

// CF's and ACDD's attributes of the whole file.
void put_global_attributes(netCDF::NcFile& file, const FileLayout& layout, const std::vector<Message>& messages,
                           const DatasetInfo& info) {
    const std::pair<const char*, std::string> attributes[] = {
        {"Conventions", "CF-1.8, ACDD-1.3"},
        {"title", info.title},
        {"summary", summary_of(layout, messages)},
        {"id",
         fmt::format("{}.{}.f{:03}", info.id, iso_time(layout.reference_time).substr(0, 13),
                     std::chrono::duration_cast<std::chrono::hours>(layout.time - layout.reference_time).count())},
        {"naming_authority", "dev.freshet"},
        {"processing_level", "model output, decoded from GRIB2, not regridded"},
        {"standard_name_vocabulary", "CF Standard Name Table v93"},
        {"cdm_data_type", "Grid"},
        {"date_created", info.date_created.empty() ? iso_time(layout.reference_time) : info.date_created},
        {"history", fmt::format("converted from GRIB2 by freshet gfs {} with eccodes {} and netCDF {}",
                                info.code_version, eccodes_version(), netcdf_version())}};
    for (const auto& [name, text] : attributes) file.putAtt(name, text);
    if (layout.precision != Precision::exact)
        file.putAtt("precision", freshet::Codec<Precision>::write(layout.precision));
    for (const auto& [name, text] : originator_attributes(messages)) file.putAtt(name, text);
    for (const auto& [name, text] : info.attributes) file.putAtt(name, text);
    put_extent(file, layout);
}

using netCDF::NcDim;
using netCDF::NcVar;

constexpr const char* time_dimension = "time";
constexpr const char* time_units = "seconds since 1970-01-01 00:00:00";
constexpr int deflate_level = 1;

double epoch(std::chrono::sys_seconds time) { return static_cast<double>(time.time_since_epoch().count()); }

// Converts netCDF's exceptions to freshet::Error with the file and the variable.
template <class Action>
auto with_error_context(const std::filesystem::path& path, const std::string& what, Action action) {
    try {
        return action();
    } catch (const netCDF::exceptions::NcException& error) {
        const std::string reason = nc_strerror(error.errorCode());
        throw freshet::Error(
            fmt::format("write {} of '{}': {}", what, path.string(), write_error_reason(path, reason)));
    }
}

std::string long_name_of(TimePeriod period) {
    switch (period) {
        case TimePeriod::instant:
            return "time";
        case TimePeriod::bucket:
            return "end of the interval since the last multiple of 6 h";
        case TimePeriod::run:
            return "end of the interval since the start of the forecast";
        case TimePeriod::interval:
            return "end of the interval";
    }
    return "";
}

/// A file in define mode.
struct FileDefinition {
    const FileLayout& layout;
    netCDF::NcFile nc;
    HorizontalDimensions horizontal;
    NcDim time;
    std::vector<CoordinateValues> grid_coordinates;
    std::vector<NcDim> axis_dims;  // a null dimension for a scalar coordinate

    FileDefinition(const std::filesystem::path& path, const FileLayout& plan)
        : layout(plan),
          nc(path.string(), netCDF::NcFile::replace, netCDF::NcFile::nc4),
          grid_coordinates(horizontal_coordinate_values(plan.grid)) {}

    NcDim bounds_dim() {
        const NcDim known = nc.getDim("bnds");
        return known.isNull() ? nc.addDim("bnds", 2) : known;
    }

    // One record is one chunk: by default netCDF reserves room for hundreds.
    NcVar add_record_variable(const std::string& name, const std::vector<NcDim>& more = {}) {
        std::vector<NcDim> dims{time};
        std::vector<std::size_t> chunk{1};
        for (const NcDim& dim : more) {
            dims.push_back(dim);
            chunk.push_back(dim.getSize());
        }
        NcVar variable = nc.addVar(name, netCDF::ncDouble, dims);
        variable.setChunking(NcVar::nc_CHUNKED, chunk);
        return variable;
    }

    void define_time(const TimeCoordinate& coordinate) {
        const bool is_dimension = coordinate.period == TimePeriod::instant;
        if (is_dimension) time = nc.addDim(time_dimension);
        NcVar variable = add_record_variable(coordinate.name);
        // Readers that look for the time by its standard name find one.
        put_text_attributes(variable, {{"standard_name", is_dimension ? "time" : ""},
                                       {"long_name", long_name_of(coordinate.period)},
                                       {"units", time_units},
                                       {"calendar", "standard"},
                                       {"axis", is_dimension ? "T" : ""}});
        if (is_dimension) return;
        variable.putAtt("bounds", coordinate.name + "_bnds");
        add_record_variable(coordinate.name + "_bnds", {bounds_dim()});
    }

    void define_reference() {
        NcVar reference = nc.addVar("forecast_reference_time", netCDF::ncDouble);
        put_text_attributes(reference, {{"standard_name", "forecast_reference_time"},
                                        {"long_name", "start of the forecast"},
                                        {"units", time_units},
                                        {"calendar", "standard"}});
        put_text_attributes(add_record_variable("forecast_period"),
                            {{"standard_name", "forecast_period"},
                             {"long_name", "time since the start of the forecast"},
                             {"units", "hours"}});
    }

    void define_axis(const Axis& axis) {
        axis_dims.push_back(axis.is_dimension() ? nc.addDim(axis.name, axis.values.size()) : NcDim());
        std::vector<NcDim> dims;
        if (axis.is_dimension()) dims.push_back(axis_dims.back());
        NcVar variable = nc.addVar(
            axis.name, axis.kind == AxisKind::realization ? netCDF::NcType(NC_INT) : netCDF::NcType(NC_DOUBLE), dims);
        const bool is_vertical = !axis.positive.empty() && axis.is_dimension();
        put_text_attributes(variable, {{"standard_name", axis.standard_name},
                                       {"long_name", axis.long_name},
                                       {"units", axis.units},
                                       {"positive", axis.positive},
                                       {"axis", is_vertical ? "Z" : ""}});
        if (!axis.has_bounds()) return;
        variable.putAtt("bounds", axis.name + "_bnds");
        dims.push_back(bounds_dim());
        nc.addVar(axis.name + "_bnds", netCDF::ncDouble, dims);
    }

    void define_variable(const Variable& planned) {
        std::vector<NcDim> dims{time};
        std::vector<std::size_t> chunk{1};
        for (const std::size_t axis : planned.axes) {
            if (axis_dims[axis].isNull()) continue;
            dims.push_back(axis_dims[axis]);
            chunk.push_back(1);
        }
        dims.insert(dims.end(), {horizontal.rows, horizontal.columns});
        const Tile tile = field_tiles(layout.grid, layout.chunks).front();
        chunk.insert(chunk.end(), {tile.rows, tile.columns});
        NcVar variable = nc.addVar(planned.name, netCDF::ncFloat, dims);
        variable.setChunking(NcVar::nc_CHUNKED, chunk);
        variable.setCompression(planned.is_shuffled(), true, deflate_level);
        variable.setFill(true, fill_value);
        put_attributes(variable, planned);
    }

    void put_attributes(NcVar& variable, const Variable& planned) {
        const bool is_stacked = std::ranges::any_of(planned.axes, [&](std::size_t axis) {
            return layout.axes[axis].kind == AxisKind::level && layout.axes[axis].is_dimension();
        });
        const bool is_derived = !planned.derivation.empty();
        std::string coordinates = "forecast_reference_time forecast_period";
        if (planned.time_coordinate != 0) coordinates += " " + layout.times[planned.time_coordinate].name;
        for (const std::size_t axis : planned.axes)
            if (!layout.axes[axis].is_dimension()) coordinates += " " + layout.axes[axis].name;
        for (const std::string& name : horizontal.auxiliary) coordinates += " " + name;
        const std::string where = is_stacked ? "" : ", " + level_text(planned.level);
        put_text_attributes(variable,
                            {{"standard_name", planned.cf.standard_name},
                             {"long_name", planned.cf.long_name + where},
                             {"units", planned.cf.units},
                             {"cell_methods", cell_methods_of(planned)},
                             {"coordinates", coordinates},
                             {"grid_mapping", "crs"},
                             {"ncep_name", planned.cf.ncep_name},
                             {"grib_parameter", is_derived ? "" : to_text(planned.parameter)},
                             {"derived_from", planned.sources},
                             {"derivation", planned.derivation},
                             {"grib_level", is_stacked ? stacked_level(planned.level) : to_text(planned.level)},
                             {"coverage_content_type", "modelResult"},
                             {"comment", planned.cf.comment}});
        put_rounding(variable, planned.rounding_steps);
        if (!planned.cf.flag_meanings.empty() && planned.time_coordinate == 0) {
            variable.putAtt("flag_values", netCDF::ncFloat, 2, std::vector<float>{0, 1}.data());
            variable.putAtt("flag_meanings", planned.cf.flag_meanings);
        }
    }

    static void put_rounding(NcVar& variable, const std::vector<double>& steps) {
        const double coarsest = steps.empty() ? 0 : std::ranges::max(steps);
        if (coarsest == 0) return;
        const bool is_one = std::ranges::count(steps, coarsest) == std::ssize(steps);
        variable.putAtt("rounding_rule", std::string(rounding_rule));
        variable.putAtt("rounding_step", netCDF::ncDouble, is_one ? 1 : steps.size(), steps.data());
        variable.putAtt("least_significant_digit", netCDF::ncInt, decimal_places(coarsest));
    }

    static std::string cell_methods_of(const Variable& planned) {
        std::string methods = planned.statistic.empty() ? "" : "time: " + planned.statistic;
        const std::string others = product_cell_methods(planned.traits);
        return methods + (methods.empty() || others.empty() ? "" : " ") + others;
    }

    static std::string stacked_level(const Level& level) {
        return level.second ? fmt::format("{}/{}", level.first.type, level.second->type)
                            : fmt::format("{}", level.first.type);
    }

    void write_coordinates() {
        write_horizontal_coordinates(nc, grid_coordinates);
        for (const TimeCoordinate& each : layout.times) {
            put_record(each.name, {epoch(each.end)});
            if (each.period != TimePeriod::instant)
                put_record(each.name + "_bnds", {epoch(each.begin), epoch(each.end)});
        }
        const double reference = epoch(layout.reference_time);
        nc.getVar("forecast_reference_time").putVar(&reference);
        put_record("forecast_period", {(epoch(layout.time) - reference) / 3600});
        for (const Axis& axis : layout.axes) write_axis(axis);
    }

    void put_record(const std::string& name, const std::vector<double>& values) {
        const NcVar variable = nc.getVar(name);
        std::vector<std::size_t> count(static_cast<std::size_t>(variable.getDimCount()), 1);
        if (count.size() > 1) count.back() = values.size();
        variable.putVar(std::vector<std::size_t>(count.size(), 0), count, values.data());
    }

    void write_axis(const Axis& axis) {
        std::vector<double> values;
        std::vector<double> ends;
        for (const AxisValue& each : axis.values) {
            values.push_back(each.value);
            if (each.bounds) ends.insert(ends.end(), {each.bounds->first, each.bounds->second});
        }
        nc.getVar(axis.name).putVar(values.data());
        if (axis.has_bounds()) nc.getVar(axis.name + "_bnds").putVar(ends.data());
    }
};

}  // namespace

std::string iso_time(std::chrono::sys_seconds time) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

const float fill_value = NC_FILL_FLOAT;

void define_file(const std::filesystem::path& path, const FileLayout& layout, const std::vector<Message>& messages,
                 const DatasetInfo& info) {
    // After a full disk HDF5 keeps a broken file that it cannot close; closing it again at exit would crash.
    H5dont_atexit();
    const auto definition = with_error_context(path, "the header", [&] {
        auto result = std::make_unique<FileDefinition>(path, layout);
        put_global_attributes(result->nc, layout, messages, info);
        put_geospatial_extent(result->nc, result->grid_coordinates);
        result->horizontal = define_horizontal_coordinates(result->nc, layout.grid);
        for (const TimeCoordinate& each : layout.times) result->define_time(each);
        result->define_reference();
        for (const Axis& axis : layout.axes) result->define_axis(axis);
        return result;
    });
    for (const Variable& variable : layout.variables) {
        with_error_context(path, "'" + variable.name + "'", [&] { definition->define_variable(variable); });
    }
    with_error_context(path, "the coordinates", [&] {
        definition->write_coordinates();
        definition->nc.close();
    });
}

}  // namespace gfs

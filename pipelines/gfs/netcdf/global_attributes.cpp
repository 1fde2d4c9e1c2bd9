// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/global_attributes.hpp"

#include "grib/eccodes_handle.hpp"
#include "netcdf/horizontal_coordinates.hpp"
#include "netcdf/vertical_levels.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <netcdf.h>

#include <algorithm>
#include <set>

namespace gfs {

namespace {

// Without the date of the library's build, which is in netCDF's own text too.
std::string netcdf_version() {
    const std::string text = nc_inq_libvers();
    return text.substr(0, text.find(' '));
}

std::string source_of(const std::vector<Message>& messages) {
    std::set<int> processes;
    for (const Message& message : messages) processes.insert(message.process_identifier);
    return fmt::format("GFS, GRIB2 generatingProcessIdentifier {}", fmt::join(processes, ", "));
}

std::string summary_of(const FileLayout& layout, const std::vector<Message>& messages) {
    const auto lead = std::chrono::duration_cast<std::chrono::hours>(layout.time - layout.reference_time);
    return fmt::format(
        "{} fields of the forecast that starts at {}, {} h ahead. Values are those of the GRIB2 messages, "
        "rounded to float; rows are in their order.",
        messages.size(), iso_time(layout.reference_time), lead.count());
}

std::string duration_text(std::chrono::seconds duration) {
    return fmt::format("PT{}H", std::chrono::duration_cast<std::chrono::hours>(duration).count());
}

void put_extent(netCDF::NcFile& file, const FileLayout& layout) {
    put_geospatial_extent(file, layout.grid);
    std::chrono::sys_seconds begin = layout.time;
    for (const TimeAxis& axis : layout.times) begin = std::min(begin, axis.begin);
    file.putAtt("time_coverage_start", iso_time(begin));
    file.putAtt("time_coverage_end", iso_time(layout.time));
    file.putAtt("time_coverage_duration", duration_text(layout.time - begin));
    file.putAtt("time_coverage_resolution", duration_text(layout.time - begin));
}

}  // namespace

std::string iso_time(std::chrono::sys_seconds time) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

void put_global_attributes(netCDF::NcFile& file, const FileLayout& layout, const std::vector<Message>& messages,
                           const DatasetInfo& info) {
    const std::pair<const char*, std::string> attributes[] = {
        {"Conventions", "CF-1.8, ACDD-1.3"},
        {"title", info.title},
        {"summary", summary_of(layout, messages)},
        {"keywords", "weather forecast, numerical weather prediction, GFS, atmosphere"},
        {"id",
         fmt::format("{}.{}.f{:03}", info.id, iso_time(layout.reference_time).substr(0, 13),
                     std::chrono::duration_cast<std::chrono::hours>(layout.time - layout.reference_time).count())},
        {"naming_authority", "dev.freshet"},
        {"source", source_of(messages)},
        {"institution", "NOAA/NWS/NCEP"},
        {"creator_name", "NOAA/NWS/NCEP"},
        {"creator_type", "institution"},
        {"creator_institution", "NOAA/NWS/NCEP"},
        {"creator_url", "https://www.emc.ncep.noaa.gov/emc/pages/numerical_forecast_systems/gfs.php"},
        {"publisher_name", "NOAA/NWS/NCEP"},
        {"publisher_type", "institution"},
        {"publisher_url", "https://www.nco.ncep.noaa.gov/pmb/products/gfs/"},
        {"project", "Global Forecast System"},
        {"program", "NOAA operational numerical weather prediction"},
        {"license", "public domain"},
        {"acknowledgement", "Data by the US National Centers for Environmental Prediction"},
        {"processing_level", "model output, decoded from GRIB2, not regridded"},
        {"references", "https://www.nco.ncep.noaa.gov/pmb/products/gfs/"},
        {"standard_name_vocabulary", "CF Standard Name Table v93"},
        {"cdm_data_type", "Grid"},
        {"date_created", info.date_created.empty() ? iso_time(layout.reference_time) : info.date_created},
        {"history", fmt::format("converted from GRIB2 by freshet gfs {} with eccodes {} and netCDF {}",
                                info.code_version, eccodes_version(), netcdf_version())}};
    for (const auto& [name, text] : attributes) file.putAtt(name, text);
    put_extent(file, layout);
}

}  // namespace gfs

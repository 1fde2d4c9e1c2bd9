// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/define_file.hpp"

#include "grib/cf_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <string_view>

namespace gfs {

namespace {

// Works of the US government are in the public domain.
constexpr std::string_view us_government_license = "public domain";

/// A centre of the US government by its name in eccodes: common code table C-11.
struct Institution {
    std::string_view centre;
    int subcentre;  ///< common code table C-12; `any_subcentre` for those without a row of their own
    std::string_view name;
};

constexpr int any_subcentre = -1;

// Source: WMO's common code tables C-11 and C-12 as in NCEP's documentation of GRIB2 (tables 0 and C).
constexpr Institution institutions[] = {
    {"kwbc", 12, "NOAA/NESDIS"},
    {"kwbc", 13, "FAA"},
    {"kwbc", 11, "NOAA/NWS/MDL"},
    {"kwbc", 14, "NOAA/NWS/MDL"},
    {"kwbc", 17, "NOAA/OAR/GSL"},
    {"kwbc", 18, "NOAA/NWS/NWC"},
    {"kwbc", any_subcentre, "NOAA/NWS/NCEP"},
    {"8", any_subcentre, "NOAA/NWS"},
    {"9", any_subcentre, "NOAA/NWS"},
    {"59", any_subcentre, "NOAA/OAR/GSL"},
    {"160", any_subcentre, "NOAA/NESDIS"},
    {"161", any_subcentre, "NOAA/OAR"},
};

constexpr std::string_view ncep_institution = "NOAA/NWS/NCEP";

/// A model of NCEP by its generating process.
struct Model {
    int process;
    std::string_view name;
    std::string_view project;
    std::string_view creator_url = {};
    std::string_view reference = {};
};

constexpr std::string_view gfs_project = "Global Forecast System";
constexpr std::string_view gfs_url = "https://www.emc.ncep.noaa.gov/emc/pages/numerical_forecast_systems/gfs.php";
constexpr std::string_view gfs_products = "https://www.nco.ncep.noaa.gov/pmb/products/gfs/";

// Source: NCEP's ON388 table A, version 33.0.0 of the GRIB2 tables.
constexpr Model models[] = {
    {10, "Global Wind-Wave Forecast Model", "Global Wind-Wave Forecast Model"},
    {11, "Global Multi-Grid Wave Model", "Global Multi-Grid Wave Model"},
    {12, "P-Surge", "Probabilistic Storm Surge"},
    {15, "NWPS", "Nearshore Wave Prediction System"},
    {16, "ETSS", "Extra-Tropical Storm Surge"},
    {18, "P-ETSS", "Probabilistic Extra-Tropical Storm Surge"},
    {71, "HWRF", "Hurricane Weather Research and Forecasting"},
    {81, "GFS", gfs_project, gfs_url, gfs_products},
    {82, "GDAS", "Global Data Assimilation System"},
    {83, "HRRR", "High Resolution Rapid Refresh"},
    {84, "NAM", "North American Mesoscale Forecast System"},
    {85, "RTOFS", "Real Time Ocean Forecast System"},
    {96, "GFS", gfs_project, gfs_url, gfs_products},
    {98, "CFS", "Climate Forecast System"},
    {104, "NBM", "National Blend of Models"},
    {105, "RAP", "Rapid Refresh"},
    {107, "GEFS", "Global Ensemble Forecast System"},
    {108, "LAMP", "Localized Aviation MOS Program"},
    {109, "RTMA", "Real Time Mesoscale Analysis"},
    {113, "SREF", "Short Range Ensemble Forecast"},
    {114, "NAEFS", "North American Ensemble Forecast System"},
    {118, "URMA", "UnRestricted Mesoscale Analysis"},
    {132, "HREF", "High Resolution Ensemble Forecast"},
    {134, "RRFS", "Rapid Refresh Forecast System"},
    {135, "HAFS", "Hurricane Analysis and Forecast System"},
    {140, "NARR", "North American Regional Reanalysis"},
    {184, "CCPA", "Climatological Calibrated Precipitation Analysis"},
    {210, "AQM", "EPA Air Quality Forecast"},
    {211, "AQM", "EPA Air Quality Forecast"},
};

std::string institution_of(const Message& message) {
    const auto* const found = std::ranges::find_if(institutions, [&](const Institution& each) {
        return each.centre == message.centre &&
               (each.subcentre == message.subcentre || each.subcentre == any_subcentre);
    });
    return found == std::end(institutions) ? "" : std::string(found->name);
}

/// nullptr where the numbers of processes are not those of NCEP's table.
const Model* model_of(const Message& message) {
    if (institution_of(message) != ncep_institution) return nullptr;
    const auto* const found = std::ranges::find(models, message.process_identifier, &Model::process);
    return found == std::end(models) ? nullptr : found;
}

/// The value that all messages have in common; `none` where two differ.
template <class Property>
auto common_to(const std::vector<Message>& messages, Property property, decltype(property(messages.front())) none) {
    const auto first = property(messages.front());
    const bool is_common =
        std::ranges::all_of(messages, [&](const Message& message) { return property(message) == first; });
    return is_common ? first : none;
}

std::string_view model_name(const Message& message) {
    const Model* const model = model_of(message);
    return model == nullptr ? std::string_view() : model->name;
}

std::string keywords_of(const std::vector<Message>& messages, std::string_view model) {
    std::string keywords = "weather forecast, numerical weather prediction";
    if (!model.empty()) keywords += fmt::format(", {}", model);
    const bool has_atmosphere =
        std::ranges::any_of(messages, [](const Message& message) { return message.parameter.discipline == 0; });
    return has_atmosphere ? keywords + ", atmosphere" : keywords;
}

/// "GFS, GRIB2 generatingProcessIdentifier 81, 96"
std::string source_of(const std::vector<Message>& messages, std::string_view model) {
    std::set<int> processes;
    for (const Message& message : messages) processes.insert(message.process_identifier);
    return fmt::format("{}GRIB2 generatingProcessIdentifier {}", model.empty() ? "" : std::string(model) + ", ",
                       fmt::join(processes, ", "));
}

}  // namespace

std::vector<std::pair<const char*, std::string>> originator_attributes(const std::vector<Message>& messages) {
    const std::string known = common_to(messages, institution_of, std::string());
    const std::string centre = common_to(
        messages, [](const Message& message) { return message.centre_name; }, std::string());
    const std::string institution = known.empty() ? centre : known;
    const std::string_view name = common_to(messages, model_name, std::string_view());
    const Model model = name.empty() ? Model{} : *model_of(messages.front());
    const bool is_operational_ncep = known == ncep_institution && !name.empty();
    std::vector<std::pair<const char*, std::string>> attributes{
        {"source", source_of(messages, name)},
        {"keywords", keywords_of(messages, name)},
        {"institution", institution},
        {"creator_name", institution},
        {"creator_type", institution.empty() ? "" : "institution"},
        {"creator_institution", institution},
        {"creator_url", std::string(model.creator_url)},
        {"publisher_name", institution},
        {"publisher_type", institution.empty() ? "" : "institution"},
        {"publisher_url", std::string(model.reference)},
        {"project", std::string(model.project)},
        {"program", is_operational_ncep ? "NOAA operational numerical weather prediction" : ""},
        {"license", std::string(known.empty() ? "" : us_government_license)},
        {"acknowledgement", known == ncep_institution ? "Data by the US National Centers for Environmental Prediction"
                                                      : (institution.empty() ? "" : "Data by " + institution)},
        {"references", std::string(model.reference)}};
    std::erase_if(attributes, [](const auto& attribute) { return attribute.second.empty(); });
    return attributes;
}

}  // namespace gfs

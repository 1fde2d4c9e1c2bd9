// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/product_layout.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace gfs {
namespace {

using namespace std::chrono_literals;
using std::chrono::minutes;
using std::chrono::sys_days;

constexpr LeadRange hourly_then_3_hourly[] = {{0, 120, 1}, {123, 384, 3}};
constexpr LeadRange every_3_hours[] = {{0, 384, 3}};
constexpr LeadRange every_6_hours[] = {{0, 384, 6}};
constexpr LeadRange simulated_satellite[] = {{0, 180, 3}};
constexpr LeadRange hourly_to_9[] = {{0, 9, 1}};
constexpr LeadRange every_3_hours_to_9[] = {{0, 9, 3}};
constexpr LeadRange gefs_leads[] = {{0, 240, 3}, {246, 384, 6}};  // the cycles of 00 UTC go on to 840 h
constexpr LeadRange every_3_hours_to_240[] = {{0, 240, 3}};

// Observed in 2026: f006 after 3 h 34 min to 3 h 36 min, f384 after 5 h 13 min to 5 h 24 min, rarely after 5 h 35 min;
// in earlier years up to half an hour sooner.
constexpr PublicationDelay gfs_publication[] = {
    {0, minutes(200), minutes(215)}, {120, minutes(220), minutes(260)}, {384, minutes(285), minutes(335)}};
// Made from the same forecast, a little later.
constexpr PublicationDelay gfs_later_publication[] = {
    {0, minutes(200), minutes(245)}, {120, minutes(220), minutes(290)}, {384, minutes(285), minutes(365)}};
// GDAS waits for observations until 5 h 50 min after the analysis.
constexpr PublicationDelay gdas_publication[] = {{0, minutes(350), minutes(430)}};
// Observed in 2026: f006 after 3 h 48 min, f384 of the last member after 6 h 30 min; statistics follow their members.
constexpr PublicationDelay gefs_publication[] = {{0, minutes(210), minutes(270)}, {384, minutes(350), minutes(430)}};
// AIGFS starts from f000 of GFS.
constexpr PublicationDelay aigfs_publication[] = {{0, minutes(200), minutes(300)}, {384, minutes(200), minutes(330)}};

using enum ProductMembers;

// Sources: NCEP's list of products (nco.ncep.noaa.gov/pmb/products), the templates of Herbie, NCEP's global-workflow.
constexpr Product products[] = {
    {"pgrb2.0p25", "GFS", "pgrb2.0p25", "gfs.0p25", "NOAA GFS forecast, 0.25 degree", hourly_then_3_hourly,
     gfs_publication},
    {"pgrb2.0p50", "GFS", "pgrb2.0p50", "gfs.0p50", "NOAA GFS forecast, 0.50 degree", every_3_hours, gfs_publication},
    {"pgrb2.1p00", "GFS", "pgrb2.1p00", "gfs.1p00", "NOAA GFS forecast, 1.00 degree", every_3_hours, gfs_publication},
    {"pgrb2b.0p25", "GFS", "pgrb2b.0p25", "gfs.pgrb2b.0p25", "NOAA GFS forecast, 0.25 degree", hourly_then_3_hourly,
     gfs_publication},
    {"pgrb2b.0p50", "GFS", "pgrb2b.0p50", "gfs.pgrb2b.0p50", "NOAA GFS forecast, 0.50 degree", every_3_hours,
     gfs_publication},
    {"pgrb2b.1p00", "GFS", "pgrb2b.1p00", "gfs.pgrb2b.1p00", "NOAA GFS forecast, 1.00 degree", every_3_hours,
     gfs_publication},
    {"pgrb2full.0p50", "GFS", "pgrb2full.0p50", "gfs.pgrb2full.0p50", "NOAA GFS forecast, 0.50 degree", every_3_hours,
     gfs_publication},
    {"sfluxgrb", "GFS", "sfluxgrb", "gfs.sfluxgrb", "NOAA GFS forecast of surface fluxes, Gaussian grid",
     hourly_then_3_hourly, gfs_later_publication},
    {"goessimpgrb2.0p25", "GFS", "goessimpgrb2.0p25", "gfs.goessimpgrb2.0p25",
     "NOAA GFS forecast of simulated GOES brightness temperatures, 0.25 degree", simulated_satellite,
     gfs_later_publication},
    {"gfswave.global.0p25", "GFS", "global.0p25", "gfswave.global.0p25", "NOAA GFS wave forecast, 0.25 degree",
     hourly_then_3_hourly, gfs_later_publication},
    {"gfswave.global.0p16", "GFS", "global.0p16", "gfswave.global.0p16", "NOAA GFS wave forecast, 0.16 degree",
     hourly_then_3_hourly, gfs_later_publication},
    {"gfswave.arctic.9km", "GFS", "arctic.9km", "gfswave.arctic.9km", "NOAA GFS wave forecast, Arctic, 9 km",
     hourly_then_3_hourly, gfs_later_publication},
    {"gfswave.atlocn.0p16", "GFS", "atlocn.0p16", "gfswave.atlocn.0p16",
     "NOAA GFS wave forecast, North Atlantic, 0.16 degree", hourly_then_3_hourly, gfs_later_publication},
    {"gfswave.epacif.0p16", "GFS", "epacif.0p16", "gfswave.epacif.0p16",
     "NOAA GFS wave forecast, Eastern Pacific, 0.16 degree", hourly_then_3_hourly, gfs_later_publication},
    {"gfswave.gsouth.0p25", "GFS", "gsouth.0p25", "gfswave.gsouth.0p25",
     "NOAA GFS wave forecast, Southern Ocean, 0.25 degree", hourly_then_3_hourly, gfs_later_publication},
    {"gfswave.wcoast.0p16", "GFS", "wcoast.0p16", "gfswave.wcoast.0p16",
     "NOAA GFS wave forecast, US West Coast, 0.16 degree", hourly_then_3_hourly, gfs_later_publication},
    {"gdas.pgrb2.0p25", "GFS", "pgrb2.0p25", "gdas.0p25", "NOAA GDAS forecast, 0.25 degree", hourly_to_9,
     gdas_publication},
    {"gdas.pgrb2.1p00", "GFS", "pgrb2.1p00", "gdas.1p00", "NOAA GDAS forecast, 1.00 degree", every_3_hours_to_9,
     gdas_publication},
    {"gdas.sfluxgrb", "GFS", "sfluxgrb", "gdas.sfluxgrb", "NOAA GDAS forecast of surface fluxes, Gaussian grid",
     hourly_to_9, gdas_publication},
    {"gefs.pgrb2a.0p50", "GEFS", "pgrb2a.0p50", "gefs.pgrb2a.0p50", "NOAA GEFS forecast, 0.50 degree", gefs_leads,
     gefs_publication, forecasts_and_statistics},
    {"gefs.pgrb2b.0p50", "GEFS", "pgrb2b.0p50", "gefs.pgrb2b.0p50", "NOAA GEFS forecast, 0.50 degree", gefs_leads,
     gefs_publication, forecasts},
    {"gefs.pgrb2s.0p25", "GEFS", "pgrb2s.0p25", "gefs.pgrb2s.0p25", "NOAA GEFS forecast, 0.25 degree",
     every_3_hours_to_240, gefs_publication, forecasts_and_statistics},
    {"gefs.wave.global.0p25", "GEFS", "global.0p25", "gefs.wave.global.0p25", "NOAA GEFS wave forecast, 0.25 degree",
     gefs_leads, gefs_publication, forecasts_and_statistics},
    {"aigfs.pres", "AIGFS", "pres", "aigfs.pres", "NOAA AIGFS forecast on pressure levels, 0.25 degree", every_6_hours,
     aigfs_publication},
    {"aigfs.sfc", "AIGFS", "sfc", "aigfs.sfc", "NOAA AIGFS forecast at the surface, 0.25 degree", every_6_hours,
     aigfs_publication},
};

/// Returns true when the text is the names of all products, each followed by a comma but for the last.
consteval bool lists_products(std::string_view text) {
    for (const auto& product : products) {
        if (!text.starts_with(product.name)) return false;
        text.remove_prefix(product.name.size());
        if (text.starts_with(", ")) text.remove_prefix(2);
    }
    return text.empty();
}
static_assert(lists_products(product_names));

/// The path of a layout's files from a cycle on, until its next row for that product.
struct PathTemplate {
    std::string_view layout;
    sys_days since;
    std::string_view products;  ///< the beginning of their names
    std::string_view path;
    std::span<const LeadRange> leads = {};   ///< empty: all of the product
    std::string_view index_ending = ".idx";  ///< of the inventory; empty where there is none
    std::string_view replaced = "";          ///< the ending of the file in whose place that comes; else it is appended
};

constexpr LeadRange rda_leads[] = {{0, 240, 3}, {252, 384, 12}};

// The day on which v17 becomes operational is not known; its real-time parallel ran in 2026. It has neither products of
// 0.5 and 1 degree nor simulated satellite images (NWS PNS 26-30); the names of its wave files are not settled. NCEI
// moved its files on 2020-05-18. Of two rows for one product the later applies.
constexpr PathTemplate path_templates[] = {
    {"v16", sys_days{}, "pgrb2", "gfs.{date}/{hour:02}/gfs.t{hour:02}z.{file}.f{lead:03}"},
    {"v16", sys_days{}, "goessim", "gfs.{date}/{hour:02}/gfs.t{hour:02}z.{file}.f{lead:03}"},
    {"v16", sys_days{}, "sfluxgrb", "gfs.{date}/{hour:02}/gfs.t{hour:02}z.{file}f{lead:03}.grib2"},
    {"v16", sys_days{}, "gdas.pgrb2", "gdas.{date}/{hour:02}/gdas.t{hour:02}z.{file}.f{lead:03}"},
    {"v16", sys_days{}, "gdas.sfluxgrb", "gdas.{date}/{hour:02}/gdas.t{hour:02}z.{file}f{lead:03}.grib2"},
    {"v16", 2021y / 3 / 23, "pgrb2", "gfs.{date}/{hour:02}/atmos/gfs.t{hour:02}z.{file}.f{lead:03}"},
    {"v16", 2021y / 3 / 23, "goessim", "gfs.{date}/{hour:02}/atmos/gfs.t{hour:02}z.{file}.f{lead:03}"},
    {"v16", 2021y / 3 / 23, "sfluxgrb", "gfs.{date}/{hour:02}/atmos/gfs.t{hour:02}z.{file}f{lead:03}.grib2"},
    {"v16", 2021y / 3 / 23, "gdas.pgrb2", "gdas.{date}/{hour:02}/atmos/gdas.t{hour:02}z.{file}.f{lead:03}"},
    {"v16", 2021y / 3 / 23, "gdas.sfluxgrb", "gdas.{date}/{hour:02}/atmos/gdas.t{hour:02}z.{file}f{lead:03}.grib2"},
    {"v16", 2021y / 3 / 23, "gfswave.",
     "gfs.{date}/{hour:02}/wave/gridded/gfswave.t{hour:02}z.{file}.f{lead:03}.grib2"},
    {"v17", 2026y / 1 / 1, "pgrb2.0p25",
     "gfs.{date}/{hour:02}/products/atmos/grib2/0p25/gfs.t{hour:02}z.pres_a.0p25.f{lead:03}.grib2"},
    {"v17", 2026y / 1 / 1, "pgrb2b.0p25",
     "gfs.{date}/{hour:02}/products/atmos/grib2/0p25/gfs.t{hour:02}z.pres_b.0p25.f{lead:03}.grib2"},
    {"v17", 2026y / 1 / 1, "sfluxgrb",
     "gfs.{date}/{hour:02}/model/atmos/master/gfs.t{hour:02}z.sflux.f{lead:03}.grib2"},
    {"v17", 2026y / 1 / 1, "gdas.pgrb2.0p25",
     "gdas.{date}/{hour:02}/products/atmos/grib2/0p25/gdas.t{hour:02}z.pres_a.0p25.f{lead:03}.grib2"},
    {"v17", 2026y / 1 / 1, "gdas.pgrb2.1p00",
     "gdas.{date}/{hour:02}/products/atmos/grib2/1p00/gdas.t{hour:02}z.pres_a.1p00.f{lead:03}.grib2"},
    {"v17", 2026y / 1 / 1, "gdas.sfluxgrb",
     "gdas.{date}/{hour:02}/model/atmos/master/gdas.t{hour:02}z.sflux.f{lead:03}.grib2"},
    {"gefs.v12", 2020y / 9 / 23, "gefs.pgrb2a",
     "gefs.{date}/{hour:02}/atmos/pgrb2ap5/ge{member}.t{hour:02}z.{file}.f{lead:03}"},
    {"gefs.v12", 2020y / 9 / 23, "gefs.pgrb2b",
     "gefs.{date}/{hour:02}/atmos/pgrb2bp5/ge{member}.t{hour:02}z.{file}.f{lead:03}"},
    {"gefs.v12", 2020y / 9 / 23, "gefs.pgrb2s",
     "gefs.{date}/{hour:02}/atmos/pgrb2sp25/ge{member}.t{hour:02}z.{file}.f{lead:03}"},
    {"gefs.v12", 2020y / 9 / 23, "gefs.wave",
     "gefs.{date}/{hour:02}/wave/gridded/gefs.wave.t{hour:02}z.{wave_member}.{file}.f{lead:03}.grib2"},
    {"aigfs.v1", 2025y / 12 / 17, "aigfs.",
     "aigfs.{date}/{hour:02}/model/atmos/grib2/aigfs.t{hour:02}z.{file}.f{lead:03}.grib2"},
    {"rda", 2015y / 1 / 15, "pgrb2.0p25", "{year}/{date}/gfs.0p25.{date}{hour:02}.f{lead:03}.grib2", rda_leads, ""},
    {"ncei",
     sys_days{},
     "pgrb2.0p50",
     "historical/forecast/grid-004-0.5-degree/{month}/{date}/gfs_4_{date}_{hour:02}00_{lead:03}.grb2",
     {},
     ".inv",
     ".grb2"},
    {"ncei",
     2020y / 5 / 18,
     "pgrb2.0p50",
     "grid-004-0.5-degree/forecast/{month}/{date}/gfs_4_{date}_{hour:02}00_{lead:03}.grb2",
     {},
     ".inv",
     ".grb2"},
    {"ncei",
     sys_days{},
     "pgrb2.1p00",
     "historical/forecast/grid-003-1.0-degree/{month}/{date}/gfs_3_{date}_{hour:02}00_{lead:03}.grb2",
     {},
     ".inv",
     ".grb2"},
    {"ncei",
     2020y / 5 / 18,
     "pgrb2.1p00",
     "grid-003-1.0-degree/forecast/{month}/{date}/gfs_3_{date}_{hour:02}00_{lead:03}.grb2",
     {},
     ".inv",
     ".grb2"},
};

bool has_lead_in(std::span<const LeadRange> ranges, int lead) {
    return std::ranges::any_of(ranges, [lead](const LeadRange& range) { return range.contains(lead); });
}

/// Returns the row that holds for the file, nullptr when the layout has none.
const PathTemplate* find_path_template(std::string_view layout, const FileKey& key) {
    const PathTemplate* found = nullptr;
    for (const auto& row : path_templates)
        if (row.layout == layout && row.since <= key.cycle && key.product.starts_with(row.products)) found = &row;
    if (found == nullptr || (!found->leads.empty() && !has_lead_in(found->leads, key.lead))) return nullptr;
    return found;
}

std::string path_by(const PathTemplate& row, const FileKey& key) {
    const auto& product = find_product(key.product);
    if (const auto problem = product.member_problem(key.member); !problem.empty())
        throw freshet::ParameterError(fmt::format("name the file of '{}': {}", key.product, problem));
    const auto day = std::chrono::floor<std::chrono::days>(key.cycle);
    const std::chrono::year_month_day date{day};
    const auto digits = fmt::format("{:04}{:02}{:02}", int{date.year()}, unsigned{date.month()}, unsigned{date.day()});
    return fmt::format(fmt::runtime(row.path), fmt::arg("date", digits), fmt::arg("year", digits.substr(0, 4)),
                       fmt::arg("month", digits.substr(0, 6)), fmt::arg("hour", (key.cycle - day).count()),
                       fmt::arg("file", product.file), fmt::arg("lead", key.lead),
                       fmt::arg("member", key.member ? key.member->text() : ""),
                       fmt::arg("wave_member", key.member ? key.member->wave_text() : ""));
}

std::string index_path_by(const PathTemplate& row, std::string_view grib) {
    if (row.index_ending.empty()) return {};
    grib.remove_suffix(row.replaced.size());
    return std::string(grib) + std::string(row.index_ending);
}

}  // namespace

bool Product::has_lead(int lead) const { return has_lead_in(lead_ranges, lead); }

std::vector<int> Product::leads() const {
    std::vector<int> all;
    for (const auto& range : lead_ranges) {
        for (int lead = range.first; lead <= range.last; lead += range.step) all.push_back(lead);
    }
    return all;
}

std::string Product::member_problem(const std::optional<EnsembleMember>& member) const {
    if (members == ProductMembers::none)
        return member ? fmt::format("'{}' is one forecast and has no member '{}'", name, member->text()) : "";
    const bool has_statistics = members == ProductMembers::forecasts_and_statistics;
    if (!member)
        return fmt::format("'{}' is an ensemble: choose c00, p01 to p{}{}", name, perturbed_members,
                           has_statistics ? ", avg or spr" : "");
    return member->is_statistic() && !has_statistics
               ? fmt::format("'{}' has forecasts only and no '{}'", name, member->text())
               : "";
}

const Product* product_named(std::string_view name) {
    const auto* found = std::ranges::find(products, name, &Product::name);
    return found == std::end(products) ? nullptr : found;
}

const Product& find_product(std::string_view name) {
    if (const auto* found = product_named(name)) return *found;
    throw freshet::ParameterError(fmt::format("'{}' is not a product of GFS; expected one of {}", name, product_names));
}

std::string FileKey::series() const { return member ? product + "." + member->text() : product; }

std::string grib_path(const FileKey& key) {
    const auto paths = grib_paths(key, all_layouts);
    if (!paths.empty()) return paths.front();
    throw freshet::Error(
        fmt::format("no file of '{}' was published for {}", key.product, freshet::Codec<Cycle>::write(key.cycle)));
}

std::vector<std::string> grib_paths(const FileKey& key, std::span<const std::string_view> layouts) {
    std::vector<std::string> paths;
    for (const auto layout : layouts)
        if (const auto* const row = find_path_template(layout, key)) paths.push_back(path_by(*row, key));
    return paths;
}

std::string index_path(const FileKey& key, std::string_view grib) {
    for (const auto& row : path_templates) {
        const auto* const applies = find_path_template(row.layout, key);
        if (applies == &row && path_by(row, key) == grib) return index_path_by(row, grib);
    }
    return std::string(grib) + ".idx";
}

std::string index_path(const FileKey& key) { return index_path(key, grib_path(key)); }

}  // namespace gfs

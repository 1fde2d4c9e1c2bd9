// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cycle.hpp"
#include "inventory/ensemble_member.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// Leads from `first` to `last`, one every `step` hours.
struct LeadRange {
    int first;
    int last;
    int step;

    bool contains(int lead) const { return lead >= first && lead <= last && (lead - first) % step == 0; }
};

/// The time from a cycle's analysis to the publication of a lead; linear between two rows.
struct PublicationDelay {
    int lead;
    std::chrono::minutes earliest;  ///< no file has been there sooner
    std::chrono::minutes usual;     ///< 99 of 100 have been there by then
};

/// The files that a product has for each lead: one, one for each forecast of an ensemble, and those of its statistics.
enum class ProductMembers { none, forecasts, forecasts_and_statistics };

/// A family of files of a cycle, like "pgrb2.0p25" or "gefs.pgrb2a.0p50".
struct Product {
    std::string_view name;
    std::string_view model;    ///< whose files lie together at a mirror: "GFS" (with GDAS and waves), "GEFS", "AIGFS"
    std::string_view file;     ///< the product's part of its files' names
    std::string_view dataset;  ///< the beginning of its datasets' names
    std::string_view title;
    std::span<const LeadRange> lead_ranges;
    std::span<const PublicationDelay> publication;  ///< by lead
    ProductMembers members = ProductMembers::none;

    bool has_lead(int lead) const;
    /// Every lead, ascending.
    std::vector<int> leads() const;
    /// Returns why the product has no files of that member, or none without a member, as a clause; empty when it has.
    std::string member_problem(const std::optional<EnsembleMember>& member) const;
};

/// The names of all products after "product: ", as the help of a parameter.
inline constexpr std::string_view product_help =
    "product: pgrb2.0p25, pgrb2.0p50, pgrb2.1p00, pgrb2b.0p25, pgrb2b.0p50, pgrb2b.1p00, pgrb2full.0p50, sfluxgrb, "
    "goessimpgrb2.0p25, gfswave.global.0p25, gfswave.global.0p16, gfswave.arctic.9km, gfswave.atlocn.0p16, "
    "gfswave.epacif.0p16, gfswave.gsouth.0p25, gfswave.wcoast.0p16, gdas.pgrb2.0p25, gdas.pgrb2.1p00, gdas.sfluxgrb, "
    "gefs.pgrb2a.0p50, gefs.pgrb2b.0p50, gefs.pgrb2s.0p25, gefs.wave.global.0p25, aigfs.pres, aigfs.sfc";
/// The names of all products, for errors.
inline constexpr std::string_view product_names = product_help.substr(std::string_view("product: ").size());

/// Finds a product by name; nullptr when there is none.
const Product* product_named(std::string_view name);

/// Finds a product by name. Throws ParameterError, listing the products, when there is none.
const Product& find_product(std::string_view name);

/// NCEP's naming schemes: of GFS version 16 and 17, GEFS version 12, AIGFS version 1.
inline constexpr std::array<std::string_view, 4> all_layouts{"v16", "v17", "gefs.v12", "aigfs.v1"};
/// The naming schemes of archives: NCAR's Research Data Archive, NOAA's National Centers for Environmental Information.
inline constexpr std::array<std::string_view, 1> rda_layouts{"rda"}, ncei_layouts{"ncei"};

/// One forecast file: a lead of a cycle in one product, of an ensemble of one member.
struct FileKey {
    Cycle cycle{};
    std::string product = "pgrb2.0p25";
    int lead = 0;
    int revision = 1;  ///< counts the publications of the file; the simulator alone makes others than the first
    std::optional<EnsembleMember> member = {};

    /// Returns the name of the files that follow each other lead by lead: "pgrb2.0p25", "gefs.pgrb2a.0p50.p01".
    std::string series() const;

    friend bool operator==(const FileKey&, const FileKey&) = default;
};

/// Returns the path of a GRIB file below a mirror in the present layout:
/// "gfs.20220315/18/atmos/gfs.t18z.pgrb2.1p00.f006". Throws freshet::Error when it has none: no file of that cycle or
/// lead was published, or it lacks its member.
std::string grib_path(const FileKey& key);

/// Returns its path in each of the layouts; none for a layout without that product, cycle or lead.
std::vector<std::string> grib_paths(const FileKey& key, std::span<const std::string_view> layouts);

/// Returns the path of the inventory of a file at one of the paths that a layout gives it; empty where the layout has
/// no inventories.
std::string index_path(const FileKey& key, std::string_view grib);

/// Returns the path of its inventory in the present layout.
std::string index_path(const FileKey& key);

}  // namespace gfs

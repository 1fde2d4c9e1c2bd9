// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inventory/leads.hpp"
#include "inventory/product_layout.hpp"
#include "tasks/events.hpp"
#include "tasks/lead_tasks.hpp"
#include "wms/mapfile.hpp"

#include <tuple>
#include <vector>

namespace gfs {

/// Writes one file over the leads of a cycle, and references for kerchunk and NcML that say the same. They have no data
/// of their own.
struct WriteCycleFile : CycleParameters {
    Leads leads = {};

    static constexpr auto parameters = freshet::inherit_parameters<CycleParameters, WriteCycleFile>(
        param<&WriteCycleFile::leads>("hours from the analysis time, among those of the product"));
    static constexpr bool is_manifest = true;

    std::vector<ConvertLead> requirements() const;
    /// By the endings of the files of a cycle: netCDF, references, NcML.
    std::tuple<freshet::LocalTarget, freshet::LocalTarget, freshet::LocalTarget> output() const;
    double priority() const { return priority_of_end(); }
    // A timeout gives the task a process of its own: the NetCDF library is not thread-safe.
    std::chrono::seconds timeout() const { return std::chrono::minutes(30); }
    void run(freshet::Context& context) const;
};

/// Writes the manifest of a cycle: its files and their digests.
struct WriteManifest : CycleParameters {
    Leads leads = {};

    static constexpr auto parameters = freshet::inherit_parameters<CycleParameters, WriteManifest>(
        param<&WriteManifest::leads>("hours from the analysis time, among those of the product"));
    static constexpr bool is_manifest = true;

    /// Canonical text of the leads, equal for equal selections.
    std::string canonical_leads() const;
    auto requirements() const {
        const WriteCycleFile cycle_file{*this, leads};
        return freshet::all(cycle_file, cycle_file.requirements());
    }
    freshet::LocalTarget output() const;
    double priority() const { return priority_of_end(); }
    void run() const;
};

/// Writes the files with which MapServer draws maps of a cycle: a mapfile, and a GDAL virtual raster for each lead.
/// Its colours are those of the dataset's `styles.csv` at that time; what is not valid there is a warning.
struct WriteMap : CycleParameters {
    Leads leads = {};

    static constexpr auto parameters = freshet::inherit_parameters<CycleParameters, WriteMap>(
        param<&WriteMap::leads>("hours from the analysis time, among those of the product"));

    WriteCycleFile requirements() const { return {*this, leads}; }
    freshet::LocalTarget output() const;
    double priority() const { return priority_of_end(); }
    // A timeout gives the task a process of its own: the NetCDF library is not thread-safe.
    std::chrono::seconds timeout() const { return std::chrono::minutes(10); }
    void run(freshet::Context& context) const;
};

/// Returns the header of a mapfile; `rasters` is the output of WriteMap, relative to the mapfile.
MapHeader map_header(const CyclePaths& paths, const std::filesystem::path& rasters);

inline constexpr std::string_view public_url_help =
    "URL of the store's root for the readers of events (default: file:// and its path here)";

/// Announces some leads of a cycle before all are complete.
struct AnnouncePart : CycleParameters {
    Leads leads = {};
    std::string part = "";
    Leads of = {};
    std::string event_source = "/freshet/gfs";
    std::string public_url = "";

    static constexpr auto parameters = freshet::inherit_parameters<CycleParameters, AnnouncePart>(
        param<&AnnouncePart::leads>("leads of the part"), param<&AnnouncePart::part>("name of the part"),
        param<&AnnouncePart::of>("leads of the whole cycle; leads not in this part are reported as missing"),
        param<&AnnouncePart::event_source>("source attribute of the event").insignificant(),
        param<&AnnouncePart::public_url>(public_url_help).insignificant());
    static constexpr bool emits_events = true;

    WriteManifest requirements() const { return {*this, leads}; }
    freshet::LocalTarget output() const;
    double priority() const { return priority_of_lead(leads.hours(find_product(product)).back()); }
    void run(freshet::Context& context) const;
};

/// The parameters of publishing a whole cycle.
struct IngestParameters : CycleParameters {
    Leads leads = {};
    bool keep_grib = false;
    std::string event_source = "/freshet/gfs";
    Milestones parts = {};
    int keep_cycles = 0;
    std::string public_url = "";

    static constexpr auto parameters = freshet::inherit_parameters<CycleParameters, IngestParameters>(
        param<&IngestParameters::leads>("hours from the analysis time, among those of the product"),
        param<&IngestParameters::keep_grib>("keep the downloaded messages after publication").insignificant(),
        param<&IngestParameters::event_source>("source attribute of the event").insignificant(),
        param<&IngestParameters::parts>("leads to announce as soon as they are complete, by name").insignificant(),
        param<&IngestParameters::keep_cycles>("number of complete cycles to keep; older ones are removed (0: keep all)")
            .insignificant(),
        param<&IngestParameters::public_url>(public_url_help).insignificant());

    std::string canonical_leads() const;
};

/// Ingests one cycle: converts all leads, moves the link `latest` and announces it. Started by fcron.
struct IngestCycle : IngestParameters {
    static constexpr auto parameters = freshet::inherit_parameters<IngestParameters, IngestCycle>();
    static constexpr bool emits_events = true;

    std::vector<AnnouncePart> announcements() const;
    auto requirements() const {
        return freshet::all(WriteManifest{*this, leads}, WriteMap{*this, leads}, announcements());
    }
    freshet::LocalTarget output() const;
    double priority() const { return priority_of_end(); }
    void run(freshet::Context& context) const;
};

}  // namespace gfs

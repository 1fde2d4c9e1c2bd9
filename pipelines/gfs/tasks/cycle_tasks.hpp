// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inventory/leads.hpp"
#include "inventory/product_layout.hpp"
#include "tasks/lead_tasks.hpp"
#include "tasks/milestones.hpp"
#include "wms/mapfile.hpp"

#include <vector>

namespace gfs {

/// The list of a cycle's finished files, with their digests: proof that none of the wanted leads is missing.
struct WriteManifest : CycleParameters {
    Leads leads = {};

    static constexpr auto parameters = freshet::inherit_parameters<CycleParameters, WriteManifest>(
        param<&WriteManifest::leads>("hours from the analysis time, as far as the product has them"));

    /// The shortest text for the leads: what equal wishes have in common, whatever way they were written.
    std::string canonical_leads() const;
    std::vector<ConvertLead> requirements() const;
    freshet::LocalTarget output() const;
    double priority() const { return priority_of_end(); }
    void run() const;
};

/// What MapServer needs to draw maps of a cycle's finished files: a mapfile, and a virtual raster for each lead.
struct WriteMap : CycleParameters {
    Leads leads = {};

    static constexpr auto parameters = freshet::inherit_parameters<CycleParameters, WriteMap>(
        param<&WriteMap::leads>("hours from the analysis time, as far as the product has them"));

    WriteManifest requirements() const { return {*this, leads}; }
    freshet::LocalTarget output() const;
    double priority() const { return priority_of_end(); }
    // The NetCDF library must not be used by two threads at once, so each has a process of its own.
    std::chrono::seconds timeout() const { return std::chrono::minutes(10); }
    void run() const;
};

/// `rasters` is the folder that WriteMap made, from where the mapfile is to lie.
MapHeader map_header(const CyclePaths& paths, const std::filesystem::path& rasters);

/// Some leads of a cycle, announced before all are there.
struct AnnouncePart : CycleParameters {
    Leads leads = {};
    std::string part = "";
    Leads of = {};
    std::string event_source = "/freshet/gfs";

    static constexpr auto parameters = freshet::inherit_parameters<CycleParameters, AnnouncePart>(
        param<&AnnouncePart::leads>("those that the part has"), param<&AnnouncePart::part>("its name"),
        param<&AnnouncePart::of>("those of the whole cycle: the others are told to be missing"),
        param<&AnnouncePart::event_source>("who says so: the event's source").insignificant());
    static constexpr bool emits_events = true;

    WriteManifest requirements() const { return {*this, leads}; }
    freshet::LocalTarget output() const;
    double priority() const { return priority_of_lead(leads.hours(find_product(product)).back()); }
    void run(freshet::Context& context) const;
};

/// What is to be done about a whole cycle, beside the data.
struct IngestParameters : CycleParameters {
    Leads leads = {};
    bool keep_grib = false;
    std::string event_source = "/freshet/gfs";
    Milestones parts = {};
    int keep_cycles = 0;

    static constexpr auto parameters = freshet::inherit_parameters<CycleParameters, IngestParameters>(
        param<&IngestParameters::leads>("hours from the analysis time, as far as the product has them"),
        param<&IngestParameters::keep_grib>("keep the downloaded messages once the cycle is published").insignificant(),
        param<&IngestParameters::event_source>("who says so: the event's source").insignificant(),
        param<&IngestParameters::parts>("leads to announce as soon as they are there, by name").insignificant(),
        param<&IngestParameters::keep_cycles>("remove cycles older than so many complete ones; 0: none")
            .insignificant());

    std::string canonical_leads() const { return WriteManifest{*this, leads}.canonical_leads(); }
};

/// One cycle from upstream to its announcement: what fcron names.
struct IngestCycle : IngestParameters {
    static constexpr auto parameters = freshet::inherit_parameters<IngestParameters, IngestCycle>();
    static constexpr bool emits_events = true;

    std::vector<AnnouncePart> announcements() const;
    auto requirements() const {
        return freshet::all(WriteManifest{*this, leads}, WriteMap{*this, leads}, announcements());
    }
    freshet::LocalTarget output() const { return freshet::LocalTarget(paths().event(canonical_leads())); }
    double priority() const { return priority_of_end(); }
    void run(freshet::Context& context) const;
};

}  // namespace gfs

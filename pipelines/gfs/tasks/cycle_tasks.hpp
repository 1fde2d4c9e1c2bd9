// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "source/layout.hpp"
#include "source/leads.hpp"
#include "tasks/lead_tasks.hpp"
#include "tasks/parts.hpp"
#include "wms/mapfile.hpp"

#include <vector>

namespace gfs {

/// The list of a cycle's finished files, with their digests: proof that none of the wanted leads is missing.
struct WriteManifest : Wanted {
    Leads leads = {};

    static constexpr auto parameters = freshet::extend<Wanted, WriteManifest>(
        param<&WriteManifest::leads>("hours from the analysis time, as far as the product has them"));

    /// The shortest text for the leads: what equal wishes have in common, whatever way they were written.
    std::string canonical_leads() const;
    std::vector<ConvertLead> requirements() const;
    freshet::LocalTarget output() const;
    double priority() const { return priority_of_end(); }
    void run() const;
};

/// What MapServer needs to draw maps of a cycle's finished files: a mapfile, and a virtual raster for each lead.
struct WriteMap : Wanted {
    Leads leads = {};

    static constexpr auto parameters = freshet::extend<Wanted, WriteMap>(
        param<&WriteMap::leads>("hours from the analysis time, as far as the product has them"));

    WriteManifest requirements() const { return {*this, leads}; }
    freshet::LocalTarget output() const;
    double priority() const { return priority_of_end(); }
    // The NetCDF library must not be used by two threads at once, so each has a process of its own.
    std::chrono::seconds timeout() const { return std::chrono::minutes(10); }
    void run() const;
};

/// `rasters` is the folder that WriteMap made, from where the mapfile is to lie.
MapHead map_head(const Store& store, const std::filesystem::path& rasters);

/// Some leads of a cycle, announced before all are there.
struct AnnouncePart : Wanted {
    Leads leads = {};
    std::string part = "";
    Leads of = {};
    std::string event_source = "/freshet/gfs";

    static constexpr auto parameters = freshet::extend<Wanted, AnnouncePart>(
        param<&AnnouncePart::leads>("those that the part has"), param<&AnnouncePart::part>("its name"),
        param<&AnnouncePart::of>("those of the whole cycle: the others are told to be missing"),
        param<&AnnouncePart::event_source>("who says so: the event's source").insignificant());
    static constexpr bool announces = true;

    WriteManifest requirements() const { return {*this, leads}; }
    freshet::LocalTarget output() const;
    double priority() const { return priority_of_lead(leads.of(find_product(product)).back()); }
    void run(freshet::Context& context) const;
};

/// What is to be done about a whole cycle, beside the data.
struct CycleWanted : Wanted {
    Leads leads = {};
    bool keep_grib = false;
    std::string event_source = "/freshet/gfs";
    Parts parts = {};
    int keep_cycles = 0;

    static constexpr auto parameters = freshet::extend<Wanted, CycleWanted>(
        param<&CycleWanted::leads>("hours from the analysis time, as far as the product has them"),
        param<&CycleWanted::keep_grib>("keep the downloaded messages once the cycle is published").insignificant(),
        param<&CycleWanted::event_source>("who says so: the event's source").insignificant(),
        param<&CycleWanted::parts>("leads to announce as soon as they are there, by name").insignificant(),
        param<&CycleWanted::keep_cycles>("remove cycles older than so many complete ones; 0: none").insignificant());

    std::string canonical_leads() const { return WriteManifest{*this, leads}.canonical_leads(); }
};

/// One cycle from upstream to its announcement: what fcron names.
struct IngestCycle : CycleWanted {
    static constexpr auto parameters = freshet::extend<CycleWanted, IngestCycle>();
    static constexpr bool announces = true;

    std::vector<AnnouncePart> announcements() const;
    auto requirements() const { return freshet::all(WriteManifest{*this, leads}, WriteMap{*this, leads}, announcements()); }
    freshet::LocalTarget output() const { return freshet::LocalTarget(store().event(canonical_leads())); }
    double priority() const { return priority_of_end(); }
    void run(freshet::Context& context) const;
};

}  // namespace gfs

// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "source/leads.hpp"
#include "tasks/lead_tasks.hpp"
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
    double priority() const { return -10'000; }  // after every lead of every cycle that can go on
    void run() const;
};

/// What MapServer needs to draw maps of a cycle's finished files: a mapfile, and a virtual raster for each lead.
struct WriteMap : Wanted {
    Leads leads = {};

    static constexpr auto parameters = freshet::extend<Wanted, WriteMap>(
        param<&WriteMap::leads>("hours from the analysis time, as far as the product has them"));

    WriteManifest requirements() const { return {*this, leads}; }
    freshet::LocalTarget output() const;
    double priority() const { return -10'000; }
    // The NetCDF library must not be used by two threads at once, so each has a process of its own.
    std::chrono::seconds timeout() const { return std::chrono::minutes(10); }
    void run() const;
};

/// `rasters` is the folder that WriteMap made, from where the mapfile is to lie.
MapHead map_head(const Store& store, const std::filesystem::path& rasters);

/// One cycle from upstream to its announcement: what fcron names.
struct IngestCycle : Wanted {
    Leads leads = {};
    bool keep_grib = false;
    std::string event_source = "/freshet/gfs";

    static constexpr auto parameters = freshet::extend<Wanted, IngestCycle>(
        param<&IngestCycle::leads>("hours from the analysis time, as far as the product has them"),
        param<&IngestCycle::keep_grib>("keep the downloaded messages once the cycle is published").insignificant(),
        param<&IngestCycle::event_source>("who says so: the event's source").insignificant());
    static constexpr bool announces = true;

    auto requirements() const { return freshet::all(WriteManifest{*this, leads}, WriteMap{*this, leads}); }
    freshet::LocalTarget output() const;
    double priority() const { return -10'000; }
    void run(freshet::Context& context) const;
};

}  // namespace gfs
